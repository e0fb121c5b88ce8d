/*
 * What must stay text wherever it comes from and wherever it is shown. Each would call `hit`, which the page of a test
 * has; or would load something from a host that is not the hub's.
 */
export const PAYLOADS: readonly string[] = [
  '<script>hit(1)</script>',
  '<img src=x onerror=hit(2)>',
  '"><svg/onload=hit(3)>',
  "' autofocus onfocus='hit(4)",
  'javascript:hit(5)',
  '[press](javascript:hit(6))',
  '<a href="data:text/html,<script>hit(7)</script>">x</a>',
  '{{constructor.constructor("hit(8)")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as others would write it, whose pages put it into a template
  '${hit(9)} #{hit(9)} <%= hit(9) %>',
  '<style>*{background:url(https://evil.example/10)}</style>',
  'url(javascript:hit(11)); width: expression(hit(11))',
  '</textarea></title><iframe srcdoc="<script>parent.hit(12)</script>">',
  '\u202e<b onclick=hit(13)>gnp.exe',
  '<scr\u200bipt>hit(14)</scr\u200bipt>\u2066\u2069\ufeff',
  '\uff1cscript\uff1ehit(15)\uff1c/script\uff1e',
  '&lt;img src=x onerror=hit(16)&gt; &#60;script&#62;hit(16)&#60;/script&#62;',
  '<math><mtext><table><mglyph><style><img src=x onerror=hit(17)>',
  '<link rel=stylesheet href=https://evil.example/18.css><base href=https://evil.example/>',
  '<details open ontoggle=hit(19)><summary>x',
  '__proto__',
  'Z\u0351\u036b\u0343\u036a\u0302a\u0310\u0352l\u0368g\u0321o\u0489',
  `<b onmouseover=hit(22)>${'A'.repeat(1_200)}`,
];

/** What stands in a name: nobody is called longer than this. */
export const NAMES: readonly string[] = PAYLOADS.filter((one) => one.length <= 60);

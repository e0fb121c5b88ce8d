import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  type Attachment,
  assertNever,
  type Content,
  plainText,
  type Rich,
  type RichNode,
} from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { channelHref } from '../route.ts';
import { splitCall } from '../state/calls.ts';
import { overlay } from '../state/overlay.ts';
import { t, word } from '../words.ts';

/** The rich-text tree as elements. No HTML string is ever made, so nothing in a message can become markup. */
export function RichText({ rich, you }: { readonly rich: Rich; readonly you: string | null }) {
  return <>{rich.map((node, at) => nodeElement(node, at, you))}</>;
}

const ONLY_EMOJI =
  /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)*(?:\u200D\p{Extended_Pictographic}\uFE0F?)*\s*){1,3}$/u;

/** One to three emoji and nothing else, which are shown large. */
export function isOnlyEmoji(content: Content): boolean {
  return content.attachments.length === 0 && content.rich.length === 1 && ONLY_EMOJI.test(plainText(content.rich));
}

function nodeElement(node: RichNode, key: number, you: string | null): VNode {
  switch (node.t) {
    case 'text':
      return <Words key={key} text={node.text} />;
    case 'bold':
      return <strong key={key}>{inner(node.children, you)}</strong>;
    case 'italic':
      return <em key={key}>{inner(node.children, you)}</em>;
    case 'underline':
      return <u key={key}>{inner(node.children, you)}</u>;
    case 'strike':
      return <s key={key}>{inner(node.children, you)}</s>;
    case 'quote':
      return <blockquote key={key}>{inner(node.children, you)}</blockquote>;
    case 'spoiler':
      return <Spoiler key={key}>{inner(node.children, you)}</Spoiler>;
    case 'code':
      return <code key={key}>{node.text}</code>;
    case 'pre':
      return (
        <pre key={key}>
          <span>{node.text}</span>
        </pre>
      );
    case 'link':
      return <Link key={key} url={node.url} label={inner(node.children, you)} />;
    case 'mention':
      return (
        <span key={key} class={node.user !== null && node.user === you ? 'mention me' : 'mention'}>
          @{node.name}
        </span>
      );
    case 'channel':
      return (
        <a key={key} href={channelHref(node.channel)}>
          #{node.name}
        </a>
      );
    case 'emoji':
      return <CustomEmoji key={key} name={node.name} url={node.url} />;
    default:
      return assertNever(node);
  }
}

/** Plain words, in which whoever reads may be called by name. */
function Words({ text }: { readonly text: string }) {
  const parts = splitCall(text);
  if (parts === null) return <>{text}</>;
  const [before, call, after] = parts;
  return (
    <>
      {before}
      <span class="mention me">{call}</span>
      {after}
    </>
  );
}

function inner(rich: Rich, you: string | null): ComponentChildren {
  return rich.map((node, at) => nodeElement(node, at, you));
}

function Link({ url, label }: { readonly url: string; readonly label: ComponentChildren }) {
  // The hub lets only these through; a page trusts nobody for it.
  if (!/^https?:\/\//i.test(url)) return <>{label}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" title={url}>
      {label}
    </a>
  );
}

function CustomEmoji({ name, url }: { readonly name: string; readonly url: string | null }) {
  if (url === null || !isOurs(url)) return <>:{name}:</>;
  return <Moving class="emoji" url={url} mayMove={true} alt={`:${name}:`} title={`:${name}:`} />;
}

function Spoiler({ children }: { readonly children: ComponentChildren }) {
  const isShown = useSignal(false);
  return (
    <button
      type="button"
      class="spoiler"
      aria-expanded={isShown.value}
      aria-label={isShown.value ? undefined : t('Spoiler, press to show')}
      onClick={() => {
        isShown.value = !isShown.value;
      }}
    >
      <span>{children}</span>
    </button>
  );
}

export function Attachments({ message }: { readonly message: WireChatMessage }) {
  return (
    <>
      {message.content.attachments.map((file) => (
        <Attached key={file.url} file={file} message={message} />
      ))}
    </>
  );
}

interface AttachedProps {
  readonly file: Attachment;
  readonly message: WireChatMessage;
}

function Attached({ file, message }: AttachedProps) {
  if (!isOurs(file.url)) {
    return (
      <p>
        <Link url={file.url} label={file.name} />
      </p>
    );
  }
  if (!isPicture(file)) {
    return (
      <p>
        <a href={file.url} target="_blank" rel="noopener noreferrer">
          {file.name}
        </a>
      </p>
    );
  }
  return <Picture file={file} message={message} />;
}

/** Covered for this reader until they want to see it, where its author, a moderator or the channel says so. */
function Picture({ file, message }: AttachedProps) {
  const isRevealed = useSignal(false);
  const why = coverOf(file);
  const isCovered = why !== null && !isRevealed.value;
  const image = (
    <Moving
      class={isCovered ? 'attachment covered' : 'attachment'}
      url={file.url}
      mayMove={MOVING.has(file.mediaType)}
      alt={file.alt ?? file.name}
      width={file.width ?? undefined}
      height={file.height ?? undefined}
    />
  );
  return (
    <button
      type="button"
      class="picture"
      aria-label={isCovered ? `${t('Covered picture')}, ${t('{why} · show', { why: t(why) })}` : undefined}
      onClick={() => {
        if (isCovered) isRevealed.value = true;
        else showLarge(file, message);
      }}
    >
      {image}
      {isCovered && <span class="cover">{t('{why} · show', { why: t(why) })}</span>}
    </button>
  );
}

function showLarge(file: Attachment, message: WireChatMessage): void {
  const others = message.content.attachments.filter(
    (one) => isPicture(one) && isOurs(one.url) && (one === file || coverOf(one) === null),
  );
  overlay.value = { kind: 'picture', pictures: others, at: others.indexOf(file), message };
}

/** Kinds of pictures that may be animations. */
export const MOVING: ReadonlySet<string> = new Set(['image/gif', 'image/webp', 'image/avif']);

interface MovingProps {
  readonly url: string;
  readonly mayMove: boolean;
  readonly alt: string;
  readonly class?: string;
  readonly title?: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** As so many pixels wide. */
  readonly drawnPx?: number | undefined;
}

/** Whoever wants less motion sees a still first; it moves while the pointer or the focus is on it. */
export function Moving({ url, mayMove, drawnPx, alt, ...rest }: MovingProps) {
  const isAwake = useSignal(!mayMove || !matchMedia('(prefers-reduced-motion: reduce)').matches);
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const element = image.current;
    // the focus is on the button around it
    const around = element?.closest('button') ?? element;
    if (isAwake.value || around === null) return;
    const wake = (): void => {
      isAwake.value = true;
    };
    const sleep = (): void => {
      isAwake.value = false;
    };
    const on = [
      ['pointerenter', wake],
      ['focus', wake],
      ['pointerleave', sleep],
      ['blur', sleep],
    ] as const;
    for (const [name, run] of on) around.addEventListener(name, run);
    return () => {
      for (const [name, run] of on) around.removeEventListener(name, run);
    };
  }, [isAwake]);
  return (
    <img
      {...rest}
      ref={image}
      src={isAwake.value ? url : `${url}?thumb`}
      alt={alt}
      loading="lazy"
      style={drawnPx === undefined ? {} : { width: `${drawnPx}px` }}
    />
  );
}

/** Why a picture is not shown at once; null: it is. */
function coverOf({ mark, isSpoiler, isBlurred }: Attachment): string | null {
  if (mark === 'nsfw') return word('NSFW');
  if (isSpoiler) return word('Spoiler');
  return isBlurred === true ? word('nobody has looked at it yet') : null;
}

function isPicture(file: Attachment): boolean {
  return file.mediaType.startsWith('image/') && file.width !== null;
}

/** Pictures come from this hub alone: from elsewhere they would tell strangers who reads here. */
export function isOurs(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

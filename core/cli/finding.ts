/** One thing looked at. `mend`: what to do, where something is not well. */
export type Finding =
  | { readonly level: 'ok'; readonly what: string }
  | { readonly level: 'warn' | 'fail'; readonly what: string; readonly mend: string };

/** The report as lines for a terminal. */
export function findingText(finding: Finding): string {
  switch (finding.level) {
    case 'ok':
      return `ok    ${finding.what}\n`;
    case 'warn':
      return `warn  ${finding.what}\n      ${finding.mend}\n`;
    case 'fail':
      return `FAIL  ${finding.what}\n      ${finding.mend}\n`;
  }
}

/* Browsers that lay the keyboard over the page say how much of it is left: that is as high as the app may be. */
export function followKeyboard(): void {
  const seen = window.visualViewport;
  if (seen === null) return;
  seen.addEventListener('resize', () => {
    const isCovered = seen.scale === 1 && window.innerHeight - seen.height > 1;
    const { style } = document.documentElement;
    if (isCovered) style.setProperty('--screen-height', `${seen.height}px`);
    else style.removeProperty('--screen-height');
  });
}

/** The colours of the page. */
export type Theme = 'system' | 'light' | 'dark';

/** What a person chose on this page before; a browser that keeps nothing is no fault. */
export function remembered(key: 'theme' | 'language'): string | null {
  try {
    return localStorage.getItem(`max-map-count-${key}`);
  } catch {
    return null;
  }
}

/** Keeps a choice for the next time. */
export function remember(key: 'theme' | 'language', value: string): void {
  try {
    localStorage.setItem(`max-map-count-${key}`, value);
  } catch {
    // Private windows and pages from disk may keep nothing.
  }
}

/** The theme after another, for a button that goes round. */
export function nextTheme(theme: Theme): Theme {
  const order: readonly Theme[] = ['system', 'light', 'dark'];
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'system';
}

import { shown } from './escape.ts';

/**
 * A text for a place that Slack reads as markdown (a stream): every character that could format, link or call somebody
 * is escaped, so that a piece can be escaped by itself.
 */
export const escapeMarkdown = (text: string): string =>
  shown(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~]/g, '\\$&')
    .replace(/[@:/](?=\S)/g, '$&\u2060')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

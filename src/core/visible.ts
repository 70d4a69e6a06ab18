/**
 * Characters that a reader can't see or that move what they see: controls, format characters (bidirectional ones
 * among them), everything that Unicode lets a renderer ignore, line and paragraph separators, and blanks that are
 * not the space (the empty Braille pattern among them), which a shell takes for part of a word. Line feed, tab and
 * the space itself are what they seem.
 * Source: Unicode's Default_Ignorable_Code_Point and general categories; "Trojan Source" (CVE-2021-42574).
 */
const hidden = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Zs}\u2800]/gu;

/** The text with every hidden character written out as `⟨U+202E⟩`, and whether there was one. */
export const visible = (text: string): { text: string; hasHidden: boolean } => {
  let hasHidden = false;
  const shown = text.replace(hidden, (char) => {
    hasHidden = true;
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
  return { text: shown, hasHidden };
};

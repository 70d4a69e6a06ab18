/** UTF-16 units. Twice what any surface lets a person approve; a longer text is refused unread, not slowly read. */
export const riskCharsMax = 128 * 1024;
/** Nodes of all trees of one script: a page of dense shell has hundreds; this many are walked in about 100 ms. */
export const riskNodesMax = 60_000;
/** Trees inside trees, counted in nodes from the root. The parser itself gives up at 256 nested constructs. */
export const riskDepthMax = 2_000;
/** Open parentheses at a time. The parser gives up at as many, after work that grows with their square. */
export const riskNestingMax = 256;
/** Scripts handed to scripts (`sh -c "sh -c …"`): more than a few is hiding, not quoting. */
export const riskNestedTextsMax = 12;
/** Texts read as scripts of their own, in all: each costs a parse, and a script could hold one for each word. */
export const riskTextsMax = 400;
/** Wrappers around one command (`sudo nice env …`): each is followed by a call. */
export const riskWrappersMax = 40;
/** Words of one command that are looked at; `rm` of more names than this is not read by a person either. */
export const riskWordsMax = 5_000;
/** Lines that a classification reports one by one; a card can't show more, and the worst are kept. */
export const riskLinesMax = 2_000;
/** Words that one word with braces becomes; beyond this it counts as only known when it runs. */
export const riskBraceWordsMax = 64;
/** Values that the script gives to one variable, tried one by one; a fifth is a loop over data, not a disguise. */
export const riskValuesMax = 8;
/** Ways in which the variables of one command are filled in, each judged like a command of its own. */
export const riskVariantsMax = 16;
/** Calls judged for one command as written, its wrappers, disguises and doubtful readings included. */
export const riskCallsMax = 600;

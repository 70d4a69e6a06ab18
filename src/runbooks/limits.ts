/** Every bound of runbooks: files, retrieval and the reading of output. Unit last in the name. */

/** A runbook is a page; a larger file is a mistake, and YAML can be made slow to parse. */
export const runbookFileBytesMax = 128 * 1024;
/** Read at start and held in memory with an index over all examples. */
export const runbooksMax = 500;
/** It stands in rules, in tables and on cards; a rule takes it with its version. */
export const runbookNameCharsMax = 60;
/** Of one that people keep: it is a line in lists and a heading on cards. */
export const titleCharsMax = 80;
export const summaryCharsMax = 300;
/** Ways to ask that somebody types into a form. */
export const keptExamplesMax = 10;
/** Words of the request that make the name that is proposed. */
export const keepNameWordsMax = 5;
/** Longer than any sentence that a person says; bounds the work of retrieval for one example. */
export const exampleCharsMax = 300;

/**
 * From here up a runbook is proposed. Chosen on requests that have no fitting runbook: below it, wrong ones
 * begin to appear; real paraphrases of examples stay well above it.
 */
export const retrievalScoreMin = 0.6;
/** What is looked at closely after the index has named the documents that share a word with the request. */
export const retrievalDocumentsMax = 400;
/** Words of a request that are looked at: a pasted log is not a request for a runbook. */
export const requestWordsMax = 60;
/** Words that are tried as a parameter's value; they are tried in every order, so few. */
export const valueCandidatesMax = 8;
/** Offered when nothing fits: more is a list that nobody reads. */
export const nearestMax = 3;

/** Lines or rows that a request may ask a runbook for; beyond that the output would be cut before anyone read it. */
export const countMax = 1_000;

/** A longer line is cut before any regular expression sees it: it bounds backtracking on hostile output. */
export const lineCharsMax = 4 * 1024;
/** Lines of one stream that are read; far above what the scripts print. */
export const linesMax = 20_000;
/** Matches that a list fact keeps; templates sort and loop over them. */
export const factItemsMax = 2_000;
/** One rendering of one template. Runaway loops end here; a normal one takes well under a millisecond. */
export const renderMs = 1_000;
/** Liquid's own unit: items and characters that filters and loops create in one rendering. */
export const renderMemoryMax = 2_000_000;
/** Characters of one template that are parsed. */
export const templateCharsMax = 16 * 1024;
/** Words longer than this flood a chat message; templates loop over what machines print. */
export const readingCharsMax = 2_000;
/** One cell of the small table. */
export const cellCharsMax = 200;
/** Rows of the small table where the runbook doesn't say. */
export const tableRowsMax = 10;
/** Quoted under an answer: an error, then the first and last lines. The whole output is one click away. */
export const evidenceLinesMax = 7;
export const evidenceLineCharsMax = 300;
/** First and last lines shown when nobody could read the output. */
export const plainHeadLinesMax = 4;
export const plainTailLinesMax = 2;
/** Machines named in one merged line before the rest is counted. */
export const hostNamesMax = 10;

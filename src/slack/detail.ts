/** How much of everything beside the script a message shows. */
export interface Detail {
  headlineChars: number;
  requestChars: number;
  targets: number;
  labelsChars: number;
  summaryChars: number;
  reasons: number;
  demands: number;
  notices: number;
  sentenceChars: number;
  runs: number;
  hosts: number;
  facts: number;
  columns: number;
  followUps: number;
  evidence: number;
  evidenceChars: number;
  wordsChars: number;
}

/** Ample is what people get; the others are for texts that would not fit. The last always does. */
export const details: readonly [Detail, Detail, Detail] = [
  {
    headlineChars: 300,
    requestChars: 300,
    targets: 8,
    labelsChars: 120,
    summaryChars: 400,
    reasons: 12,
    demands: 4,
    notices: 6,
    sentenceChars: 400,
    runs: 8,
    hosts: 6,
    facts: 24,
    columns: 5,
    followUps: 5,
    evidence: 6,
    evidenceChars: 240,
    wordsChars: 6_000,
  },
  {
    headlineChars: 200,
    requestChars: 160,
    targets: 5,
    labelsChars: 60,
    summaryChars: 160,
    reasons: 5,
    demands: 2,
    notices: 4,
    sentenceChars: 200,
    runs: 5,
    hosts: 3,
    facts: 12,
    columns: 3,
    followUps: 3,
    evidence: 3,
    evidenceChars: 160,
    wordsChars: 2_500,
  },
  {
    headlineChars: 100,
    requestChars: 80,
    targets: 2,
    labelsChars: 30,
    summaryChars: 80,
    reasons: 2,
    demands: 1,
    notices: 2,
    sentenceChars: 100,
    runs: 2,
    hosts: 1,
    facts: 4,
    columns: 1,
    followUps: 1,
    evidence: 1,
    evidenceChars: 80,
    wordsChars: 800,
  },
];

/**
 * Bounds of what is shown in Slack: name, unit, reason. Slack's own cite the page that says them; ours say why they
 * are no larger.
 */

/** https://docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message". */
export const messageBlocksMax = 50;
/** https://docs.slack.dev/reference/block-kit/blocks: "up to 100 blocks in modals or Home tabs". */
export const viewBlocksMax = 100;
/**
 * All blocks of a message as JSON. Slack names a bound for markdown blocks alone (12,000 characters,
 * https://docs.slack.dev/reference/block-kit/blocks/markdown-block), but answers `msg_blocks_too_long` to any kind a
 * little above it (https://github.com/slackapi/bolt-js/issues/2509 and 2867: "12,000 text characters with a buffer for
 * block containers"). Nobody says whether characters or bytes are counted, so the larger of the two stays below.
 */
export const messageBlocksBytesMax = 12_000;
/** https://docs.slack.dev/reference/methods/views.open: `view_too_large` above 250 kB; JSON's escapes need the rest. */
export const viewBytesMax = 200_000;
/** https://docs.slack.dev/reference/methods/chat.postMessage: "we recommend 4,000 characters", truncated past 40,000. */
export const messageTextCharsMax = 4_000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block and the text object: 1 to 3000 characters. */
export const textCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/header-block. */
export const headerCharsMax = 150;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element: 75, of which about 30 are shown. */
export const buttonTextCharsMax = 75;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element. */
export const buttonValueCharsMax = 2_000;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element. */
export const urlCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/actions-block: "a maximum of 25 elements". */
export const actionsElementsMax = 25;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object: text 75; the value's 75 of older pages. */
export const optionCharsMax = 75;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: "a maximum number of 100 options". */
export const optionsMax = 100;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: of a placeholder. */
export const placeholderCharsMax = 150;
/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element: max_length is 1 to 3000. */
export const inputCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/table-block: "Maximum 100 rows", one of them the heading. */
export const tableRowsMax = 100;
/** https://docs.slack.dev/reference/block-kit/blocks/table-block: "a max of 20 table cells". */
export const tableColumnsMax = 20;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object. */
export const confirmTextCharsMax = 300;
/** https://docs.slack.dev/reference/views/modal-views: title, submit and close; `private_metadata` is metadataCharsMax. */
export const modalTitleCharsMax = 24;
/** https://docs.slack.dev/reference/views/modal-views. */
export const metadataCharsMax = 3_000;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object: of its title. */
export const confirmTitleCharsMax = 100;
/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object: of its two buttons. */
export const confirmLabelCharsMax = 30;

/** Of a field's label and hint. Slack takes 2000; more than a few lines push the field off a phone. */
export const labelCharsMax = 600;
/** What is typed with a yes is a task's number or a count. */
export const typedCharsMax = 20;
/** Of a machine's or a person's name; ours have 63 at most, and a display name in Slack has 80. */
export const nameCharsMax = 80;
/** A notification's part: a lock screen shows two lines, and four parts stay below messageTextCharsMax, escaped. */
export const noticeCharsMax = 300;
/** A cell of a table is read at a glance, or in the lines beneath. */
export const cellCharsMax = 120;
/** Lines of a small list in a modal or on the Home tab. */
export const linesShownMax = 12;
/** Of a script where the whole doesn't fit the message, beside scriptLinesExcerptMax: lines may be long. */
export const excerptCharsMax = 1_200;
/** Of a script's piece in one input of the modal: Slack's bound, with room for what is typed into it. */
export const editPieceCharsMax = 2_000;
/** A reason is a sentence or two. */
export const reasonCharsMax = 500;
/** Lines of a script that a decided card repeats; a longer one has moved the progress out of sight of a phone. */
export const scriptLinesDecidedMax = 6;
/** Lines of a script that a card shows where the whole doesn't fit: enough to know which it is. */
export const scriptLinesExcerptMax = 12;
/** Options that are buttons of their own; more are a menu, since a phone has room for one button a line. */
export const optionButtonsMax = 5;
/** Of a request that a button asks: what is longer is no suggestion, and would take the room of the answer. */
export const followUpCharsMax = 500;
/** Fences of code and what stands between them, in one answer; each costs a hundred bytes of the message. */
export const partsMax = 15;
/** A menu's share of the message's bytes, room for the 25 that a question offers, at their longest; machines beyond it are named in words. */
export const menuBytesMax = 6_000;
/** Rows of a list in one message: with a button each it has two screens of a phone. */
export const listingRowsMax = 20;
/** Cards of each kind on the Home tab; the rest is counted. */
export const homeCardsMax = 10;
/** Machines on the Home tab, those to look at first; the rest is counted. */
export const homeMachinesMax = 24;
/** Alerts of one incident that its message lists. */
export const incidentAlertsMax = 5;

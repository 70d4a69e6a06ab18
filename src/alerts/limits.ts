/** Every bound of what monitoring sends: name, unit (last in the name), reason. */

/** A headline that a phone shows; longer ones are a template that went wrong. */
export const titleCharsMax = 300;
/** The source's longer words; a message shows less of it still. */
export const summaryCharsMax = 4_000;
/** Of a key or group; what is longer is known by its digest. */
export const keyCharsMax = 200;
/** Labels of one alert, and annotations: more is a dump, and each is matched by every route and silence. */
export const labelsOfAlertMax = 64;
export const labelNameCharsMax = 128;
/** Annotations hold runbook links and whole sentences. */
export const labelValueCharsMax = 1_000;
/** Words that may be a machine; an alert about more machines is about a label of theirs. */
export const machineHintsMax = 16;
/** A DNS name's own bound, RFC 1035 §2.3.4. */
export const machineNameCharsMax = 253;
/** Of a severity or a measured value, as it stands on a card. */
export const wordCharsMax = 200;
/** No browser's address bar, and no chat platform's link, takes more. */
export const linkCharsMax = 2_000;
/** Alerts of one delivery: as many small ones as a body of the largest size holds. */
export const alertsInDeliveryMax = 5_000;
/** Levels of JSON: Sentry's events have a dozen; deeper is made to hurt whoever walks through it. */
export const jsonDepthMax = 48;
/** SNS tries again for an hour (https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html); older is a replay. */
export const snsAgeMsMax = 2 * 3_600_000;
/** A clock that is ahead of ours by this much is wrong. */
export const snsAheadMsMax = 10 * 60_000;
/** As SNS; a time that stands in a signed header elsewhere. Sources send again at once or within minutes. */
export const signedAgeMsMax = 15 * 60_000;
/** A certificate with its chain is a few thousand bytes. */
export const certificateBytesMax = 64 * 1024;
/** What a confirmation answers with is a few lines of XML. */
export const confirmationBytesMax = 64 * 1024;
/** AWS answers in milliseconds, and SNS waits 15 s for us. */
export const fetchMsMax = 5_000;
/** Signing certificates that are kept; each region has one at a time. */
export const certificatesKeptMax = 32;
/** How long one is believed without being fetched again. */
export const certificateKeptMs = 24 * 3_600_000;
/** Certificates that are fetched in a minute; whoever knows a hook's address must not make us fetch without end. */
export const certificateFetchesMax = 20;
export const certificateFetchWindowMs = 60_000;
/** From the signing certificate to a root; Amazon's has two between. */
export const certificateChainMax = 5;
/** One mapping on one payload: it picks some fields. More holds up everybody else's alerts. */
export const mappingMsMax = 250;
/** Nested calls in a mapping. */
export const mappingDepthMax = 100;
/** Results that one step of a mapping may have. */
export const mappingSequenceMax = 20_000;
/** Of one expression of a mapping. */
export const mappingCharsMax = 4_000;
/** Of a text that a mapping's regular expression is tried on. */
export const matchedCharsMax = 10_000;
/** Mappings in nerdyops.yml. */
export const mappingsMax = 50;
/** The most that SQS gives at once; https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const sqsBatchMax = 10;
/** The longest that SQS lets a poll wait, so that an empty queue costs little; same page. */
export const sqsWaitSeconds = 20;
/** How long a message that was given stays away from others: far more than storing it takes. */
export const sqsVisibilitySeconds = 60;
/** After AWS has refused our key or can't be reached: somebody has to look. */
export const sqsFaultWaitMs = 10_000;
/** Kept of a message that is put aside: enough to see what it was. */
export const parkedCharsMax = 20_000;

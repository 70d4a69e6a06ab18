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

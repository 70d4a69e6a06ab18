/**
 * A line is looked at as a whole up to this; a longer one is looked at through a window of this size. It is also what a
 * stream keeps back unacknowledged, and all streams of a busy agent together must leave room in its sending window.
 */
export const windowBytesMax = 4 * 1024;
/** How much of a window is looked at again with the next one: the longest secret that is sure to be seen whole. */
export const overlapBytes = 2 * 1024;
/** Lines that look like a key's body wait for the end line that proves it. An RSA key of 4096 bits fits. */
export const keyHoldBytesMax = 4 * 1024;
/** A key block without its end line is over after that many lines: the longest keys in use have about a hundred. */
export const keyLinesMax = 200;
/**
 * One release of a frame's piece takes milliseconds, and the worst that is known a tenth of a second. Past this something
 * is wrong, and the text is withheld rather than the event loop.
 */
export const releaseMsMax = 5_000;
/** Of a name before `password=`: what is further away says nothing about the value. */
export const nameCharsMax = 60;

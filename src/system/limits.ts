/** Of a line in an export: an entry has a few hundred; one that goes on and on is no export's, and must not fill the memory. */
export const lineCharsMax = 1024 * 1024;

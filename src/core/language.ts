/** The languages that requests are understood and answers are written in (ISO 639-1). */
export const Language = { en: 'en', fr: 'fr', de: 'de', ko: 'ko' } as const;
export type Language = (typeof Language)[keyof typeof Language];

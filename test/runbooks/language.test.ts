import { describe, expect, it } from 'vitest';
import { languageOf } from '../../src/runbooks/language.ts';

describe('the guess of a language', () => {
  it.each([
    ['how much disk space is left?', 'en'],
    ['and the disk?', 'en'],
    ["Quel est l'état du disque ?", 'fr'],
    ['combien de memoire reste', 'fr'],
    ['Wie viel Speicher ist belegt?', 'de'],
    ['Prüfe nginx', 'de'],
    ['nginx 재시작해줘', 'ko'],
    ['디스크 사용량'.normalize('NFD'), 'ko'],
  ])('of "%s" is %s', (text, language) => {
    expect(languageOf(text)).toBe(language);
  });

  it.each(['df -h', 'disk?', ''])('is none where the words are of any language: "%s"', (text) => {
    expect(languageOf(text)).toBeNull();
  });
});

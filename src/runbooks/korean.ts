/** Any Hangul syllable. */
export const hangul = /[가-힣]/;
const particles =
  /(?:에서는|에서|으로|에게|까지|부터|이랑|하고|이가|들의|들을|들이|을|를|이|가|은|는|의|에|로|와|과|도|만|랑|들)$/;
/** What a sentence ends in, from curt to polite: 남았어, 남았나요, 남았습니까. */
const endings =
  /(?:습니까|습니다|입니까|인가요|는지요|나요|어요|아요|까요|는지|인지|인가|이야|어|아|니|냐|죠|요|야)$/;
/** A word of one syllable is more often a noun that looks like a particle, so two must stay. */
export const syllablesMin = 2;
/** A word without its particle or its sentence's ending: 디스크를 and 디스크 are one word. */
export const cutParticle = (word: string): string => {
  const end = endings.test(word) ? endings : particles;
  const rest = word.replace(end, '');
  return rest.length >= syllablesMin ? rest : word;
};

/** A particle by itself, as it is left where it was attached to a Latin word ("nginx를"). */
export const loneParticle = new RegExp(`^${particles.source}`);

import type { Language } from '../core/language.ts';
import { type ModelFault, ModelFaultKind } from './model-fault.ts';

/** Said before the output where a model should have said what it means: part of the answer, so in its language. */
const notes: Record<Language, { down: string; cut: string }> = {
  en: {
    down: 'The model could not be used, so nobody has read this output. It is shown as it is.',
    cut: "The model's answer broke off, so it is not shown. The output is shown as it is.",
  },
  fr: {
    down: "Le modèle n'a pas pu être utilisé : personne n'a lu cette sortie, elle est montrée telle quelle.",
    cut: "La réponse du modèle s'est interrompue, elle n'est donc pas montrée. La sortie est montrée telle quelle.",
  },
  de: {
    down: 'Das Modell konnte nicht benutzt werden; niemand hat diese Ausgabe gelesen. Sie steht hier, wie sie ist.',
    cut: 'Die Antwort des Modells brach ab und wird nicht gezeigt. Die Ausgabe steht hier, wie sie ist.',
  },
  ko: {
    down: '모델을 사용할 수 없어 이 출력을 읽은 사람이 없습니다. 출력을 그대로 보여 드립니다.',
    cut: '모델의 답변이 도중에 끊겨 표시하지 않습니다. 출력을 그대로 보여 드립니다.',
  },
};

/** One or two sentences for people that say why there is only the output. */
export const noteOf = (fault: ModelFault, language: Language): string => {
  const cut: readonly ModelFaultKind[] = [ModelFaultKind.broken_off, ModelFaultKind.too_long];
  return cut.includes(fault.kind) ? notes[language].cut : notes[language].down;
};

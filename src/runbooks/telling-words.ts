const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** "all": harmless in a question, but "restart all services" is not "restart the service all". */
export const quantifiers = words(
  'all every everything each both any tous toutes tout toute chaque alle alles allen jede jeden jedes 모든 전부 모두 전체',
);

/** A request with one of these asks; it does not order ("when did it last reboot"). */
export const askingWords = words(`
  what which who when where why how did does was were has last since
  quand pourquoi qui quel quelle quels quelles comment combien dernier derniere depuis
  was wer wann warum wieso wie welche welcher welches letzte letzten letzter seit
  언제 왜 누가 어떻게 어떤 마지막 마지막으로 몇 뭐 뭐야 뭐가 무엇 방법`);

/** With one of these and an order in one request nobody can say what is wanted without a grammar. */
export const negations = words(`
  not dont don never no without except unless cannot cant
  pas ne jamais sans sauf aucun aucune
  nicht kein keine keinen nie niemals ohne ausser
  마 마라 마세요 말고 말아 말아줘 않 않게 없이 제외 제외하고 빼고`);

/** All that "and redis?" may say beside its value, when it asks the last question again. */
export const connectors = words(`
  and what about how also same for the then on in now again
  et aussi pour le la les sur maintenant und auch fur der die das dasselbe jetzt
  그럼 그러면 그리고 또 도 은 는 이 가`);

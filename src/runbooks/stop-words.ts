import type { Language } from '../core/language.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * Words that say nothing about which runbook is meant: grammar, politeness, "show me". Written as the tokenizer
 * folds them: lower case, no accents, apostrophes split. They also serve to guess a request's language, so a
 * word of two languages stands in both lists.
 */
export const stopWords: Record<Language, ReadonlySet<string>> = {
  en: words(`
    a an the this that these those my our your its it there here me us you i we he she they them
    is are be am been was were do does did has have had can could would should will shall may might must
    of on in at to for from by with and or as if so than then also just only some any
    what whats which who when where why how much many long often
    please kindly thanks thank hi hello hey ok let lets want need like know
    show display print list get give tell see view fetch report check look examine
    shows displays prints lists gets gives tells fetches reports checks returns return enough inspect verify find out
    going happening there s t m re ve ll d now right currently current information info details about quick quickly
    sudo command bash script shell powershell that which use using used via pretty formatted
    per uses whether retrieve determine provide output outputs whose within`),
  fr: words(`
    le la les l un une des du de d au aux ce cet cette ces ca cela c s j m n t qu que qui quoi quel quelle quels
    quelles mon ma mes notre nos votre vos son sa ses je tu il elle on nous vous ils elles me te se y en est sont
    etre ete etait a ont avoir avez as ai peux peut peuvent pouvez pourrais pourriez veux voudrais
    et ou ou dans sur sous par pour avec a si aussi juste comment combien quand pourquoi
    s il te plait vous stp svp merci bonjour salut
    affiche affiches afficher affichez montre montres montrer montrez moi donne donner donnez dis dire dites
    liste lister listez verifie verifier verifiez regarde regarder voir voyons controle controler
    assez maintenant actuellement actuel actuelle actuels actuelles information informations info infos
    moment ce utilise utilisee utilises utilisees t-il il`),
  de: words(`
    der die das den dem des ein eine einen einem einer eines dies diese dieser dieses diesen mein meine unser unsere
    ich du er sie es wir ihr man mir mich uns euch ihnen ist sind war waren sein bin bist wird werden hat haben habe
    kann kannst konnte konntest soll sollte wurde wurdest muss mochte will
    und oder in im an am auf aus bei mit von vom zu zum zur fur uber um als wie was wer wo wann warum wieso
    welche welcher welches welchen viel viele lange gerade eigentlich denn mal doch auch nur noch so da dort hier
    bitte danke hallo hi
    zeig zeige zeigen anzeigen zeigst gib gebe liste auflisten listen sag sage prufe prufen pruf uberprufe uberprufen
    schau schaue nachsehen kontrolliere kontrollieren
    genug jetzt aktuell aktuelle aktuellen aktueller derzeit momentan information informationen info infos`),
  ko: words(`
    좀 제발 충분히 충분해 지금 현재 혹시 써 그 이 저 것 거 수 및 와 과 하고 그리고 내 우리 해 해줘 해주세요 줘 주세요 주십시오
    뭐 뭐야 뭐가 뭔지 무엇 무엇이 무슨 어떤 어느 누구 누가 언제 왜 어디 어떻게 어때 어떤지 얼마 얼마나 몇
    있어 있나 있나요 있는 있는지 있니 돼 되나 되나요 나 야 요 은 는 이 가 을 를 의 에 로 으로 도 만 서 에서`),
};

/** Korean words of asking and politeness, whatever their ending: 보여줘, 보여주세요, 보여 줄래요. */
export const koreanAsking =
  /^(?:보여|알려|확인|봐|보고|볼|주세|부탁|해줘|해주|체크|조회|출력|표시|가르쳐|말해|점검|궁금|쓰고|쓰는|사용하|사용중)/;

/** Words that are said about any machine; they count a little, and are never a parameter's value. */
export const lightWords = words(`
  total totals amount number percentage percent overall entire whole complete detailed include includes including
  monitor monitored someone somebody anyone anybody jemand totale nombre quantite pourcentage gesamt gesamte insgesamt anzahl prozent
  physical summary bytes kilobytes megabytes gigabytes kb mb gb kib mib gib
  their human readable form format lisible lesbar
  string strings own sub
  server servers serveur serveurs servers servern maschine maschinen machine machines host hosts hote hotes rechner
  computer computers ordinateur box system systems systeme systemes vm instance
  local lokal lokale lokalen locale specific given particular certain
  서버 머신 시스템 호스트 컴퓨터 장비`);

import { Language } from '../core/language.ts';
import type { RunState } from '../core/run.ts';

/** The ends of a run that are not an exit of the script. */
export type UnendedState = Exclude<
  RunState,
  'held' | 'queued' | 'sent' | 'accepted' | 'running' | 'succeeded' | 'failed'
>;

/** What is said where nobody can read the output. */
export interface PlainWords {
  /** The script ended by itself; `lines` counts stdout's lines that are not empty. */
  ended(exitCode: number | null, lines: number): string;
  state: Record<UnendedState, string>;
  /** Said of a run that has not ended, which only a fault of ours can show here. */
  open: string;
  nothingRan: string;
  /** Behind the names of a merged line that has more machines. */
  more(count: number): string;
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const plainWords: Record<Language, PlainWords> = {
  [Language.en]: {
    ended: (code, lines) =>
      `${code === 0 ? 'The script ended well (exit code 0)' : `The script ended with exit code ${code ?? 'unknown'}`} and printed ${
        lines === 0 ? 'nothing' : plural(lines, 'line', 'lines')
      }.`,
    state: {
      timed_out: 'The script was stopped at its time limit.',
      cancelled: 'The script was cancelled.',
      refused: 'The agent refused the order; nothing ran.',
      unstarted: 'The script could not be started; nothing ran.',
      undelivered: 'The machine did not take the order in time; nothing ran.',
      skipped: 'Its turn was never released; nothing ran.',
      lost: 'Nobody can say what became of this run. Look at the machine.',
    },
    open: 'The run has not ended.',
    nothingRan: 'Nothing ran.',
    more: (count) => `and ${count} more`,
  },
  [Language.fr]: {
    ended: (code, lines) =>
      `${code === 0 ? 'Le script s’est bien terminé (code 0)' : `Le script s’est terminé avec le code ${code ?? 'inconnu'}`} et ${
        lines === 0 ? 'n’a rien affiché' : `a affiché ${plural(lines, 'ligne', 'lignes')}`
      }.`,
    state: {
      timed_out: 'Le script a été arrêté à sa limite de temps.',
      cancelled: 'Le script a été annulé.',
      refused: 'L’agent a refusé l’ordre ; rien n’a été exécuté.',
      unstarted: 'Le script n’a pas pu démarrer ; rien n’a été exécuté.',
      undelivered: 'La machine n’a pas pris l’ordre à temps ; rien n’a été exécuté.',
      skipped: 'Son tour n’est jamais venu ; rien n’a été exécuté.',
      lost: 'Personne ne peut dire ce que cette exécution est devenue. Vérifiez la machine.',
    },
    open: 'L’exécution n’est pas terminée.',
    nothingRan: 'Rien n’a été exécuté.',
    more: (count) => `et ${count} ${count === 1 ? 'autre' : 'autres'}`,
  },
  [Language.de]: {
    ended: (code, lines) =>
      `${code === 0 ? 'Das Skript lief ohne Fehler (Exit-Code 0)' : `Das Skript endete mit Exit-Code ${code ?? 'unbekannt'}`} und gab ${
        lines === 0 ? 'nichts' : plural(lines, 'Zeile', 'Zeilen')
      } aus.`,
    state: {
      timed_out: 'Das Skript wurde an seinem Zeitlimit gestoppt.',
      cancelled: 'Das Skript wurde abgebrochen.',
      refused: 'Der Agent hat den Auftrag verweigert; nichts lief.',
      unstarted: 'Das Skript konnte nicht starten; nichts lief.',
      undelivered: 'Die Maschine hat den Auftrag nicht rechtzeitig angenommen; nichts lief.',
      skipped: 'Sie kam nie an die Reihe; nichts lief.',
      lost: 'Niemand kann sagen, was aus diesem Lauf wurde. Sieh auf der Maschine nach.',
    },
    open: 'Der Lauf ist nicht beendet.',
    nothingRan: 'Nichts lief.',
    more: (count) => `und ${count} weitere`,
  },
  [Language.ko]: {
    ended: (code, lines) =>
      `${code === 0 ? '스크립트가 정상 종료되었고(종료 코드 0)' : `스크립트가 종료 코드 ${code ?? '알 수 없음'}(으)로 끝났고`} ${
        lines === 0 ? '출력은 없습니다' : `${lines}줄을 출력했습니다`
      }.`,
    state: {
      timed_out: '스크립트가 제한 시간에 걸려 중지되었습니다.',
      cancelled: '스크립트가 취소되었습니다.',
      refused: '에이전트가 명령을 거부했습니다. 실행된 것은 없습니다.',
      unstarted: '스크립트를 시작하지 못했습니다. 실행된 것은 없습니다.',
      undelivered: '서버가 제때 명령을 받지 않았습니다. 실행된 것은 없습니다.',
      skipped: '차례가 오지 않았습니다. 실행된 것은 없습니다.',
      lost: '이 실행이 어떻게 되었는지 알 수 없습니다. 서버를 직접 확인하세요.',
    },
    open: '실행이 아직 끝나지 않았습니다.',
    nothingRan: '실행된 것이 없습니다.',
    more: (count) => `외 ${count}대`,
  },
};

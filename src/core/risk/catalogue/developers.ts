import type { Family } from '../rule.ts';

/** Programs that only ask or count, and those of people who write software. */
export const developers: Family = {
  rules: {
    'tokei cloc scc hyperfine-x ctags-x file-x': 'reads',
    'hg svn bzr': {
      is: 'writes',
      noHelp: true,
      sub: {
        'status st log diff info cat annotate blame list ls id identify heads branches tags summary version help':
          'reads',
        '*': 'writes',
      },
    },
    'rtk-x entr watchman inotifywait fswatch': 'runsCode',
    'code-server jupyter streamlit flask uvicorn': 'runsCode',
    'ollama llm': 'network',
    'stress stress-ng fio sysbench iozone bonnie++ hyperfine': 'runsCode',
    'ab wrk hey siege vegeta k6 jmeter locust': 'sends',
  },
  examples: {
    'read-only': ['svn status', 'tmux ls'],
    changes: ['ab -n 5 http://a/', 'tmux new', 'stress -c 4'],
  },
};

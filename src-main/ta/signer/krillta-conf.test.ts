import { describe, expect, test } from 'vitest';
import { krillConfPart, krilltaConf, readKrilltaConf } from './krillta-conf.ts';
import { DEFAULT_TIMING } from './trust-anchor.ts';

const OTHER = { ...DEFAULT_TIMING, mftNextUpdateWeeks: 8, signedMessageValidityDays: 21 };

describe('krillta.conf', () => {
  test('what is written reads back, both files', () => {
    const settings = { storageUri: '/da"ta', logType: 'file', logFile: '/log', logLevel: 'debug' };
    for (const spelling of ['ta_timing', 'timing_config'] as const)
      expect(readKrilltaConf(krilltaConf(OTHER, settings, spelling))).toMatchObject({
        timing: OTHER,
        settings,
      });
    expect(krillConfPart(OTHER).indexOf('ta_support_enabled')).toBeLessThan(
      krillConfPart(OTHER).indexOf('[ta_timing]'),
    );
  });

  test('both spellings, and defaults for what is missing', () => {
    for (const name of ['ta_timing', 'timing_config'])
      expect(
        readKrilltaConf(
          `storage_uri = "/data"\n[${name}]\nmft_next_update_weeks = 8\nsigned_message_validity_days = 21\n`,
        ),
      ).toMatchObject({ timing: OTHER, notes: [expect.stringContaining('/data'), expect.any(String)] });
    expect(readKrilltaConf('data_dir = "/data"').timing).toEqual(DEFAULT_TIMING);
  });

  test.each([
    ['storage_uri = ', /Line 1 is no TOML/],
    ['colour = "red"', /no key "colour"/],
    ['[ta_timing]\nmft_next_update_week = 8', /no key "mft_next_update_week"/],
    ['[ta_timing]\nmft_next_update_weeks = 1.5', /no whole number/],
    ['[ta_timing]\nmft_next_update_weeks = 0', /no whole number/],
    ['[ta_timing]\n[timing_config]\n', /krillta takes one/],
    ['log_level = "loud"', /"loud" is not known/],
    ['log_type = "pipe"', /is one of stderr, syslog, file/],
    ['ta_timing = 7', /is no table/],
  ])('%j is refused with its place', (text, message) => {
    expect(() => readKrilltaConf(text)).toThrow(message);
  });
});

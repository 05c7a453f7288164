/**
 * The times of a signer that is taken over. krillta keeps them in krillta.conf, not in its data directory: they are taken out of one that
 * lies there, or else from what it made last, which is how long that lasts (krill-ta.md 6.8).
 */
import { AppError } from '../../lib/app-error.ts';
import { Faults } from '../../rpki/fault.ts';
import { readSignedObject } from '../../rpki/signed-object.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { openDocument } from '../open-exchange.ts';
import type { KrillStore } from './krill-store.ts';
import { readKrilltaConf } from './krillta-conf.ts';
import { RANGES } from './setup.ts';
import { DEFAULT_TIMING, type Timing } from './trust-anchor.ts';

const DAY_MS = 86_400_000;
const UNIT_MS = { years: 365.2425 * DAY_MS, weeks: 7 * DAY_MS, days: DAY_MS };

export interface TakenTimes {
  timing: Timing;
  /** Where each comes from, in words. */
  from: Record<keyof Timing, string>;
}

/** `from` until `to` in the unit of the field, whole and within what is allowed; it begins some minutes before it was made. */
function lastsFor(field: keyof Timing, from: Date, to: Date): number {
  const { unit, min, max } = RANGES[field];
  const whole = Math.round((to.getTime() - from.getTime()) / UNIT_MS[unit]);
  return Math.min(max, Math.max(min, whole));
}

const same = (from: string): Record<keyof Timing, string> => ({
  certificateValidityYears: from,
  issuedCertificateValidityWeeks: from,
  issuedCertificateReissueWeeksBefore: from,
  mftNextUpdateWeeks: from,
  signedMessageValidityDays: from,
});

const NOT_SAID = 'krillta’s default, for nothing in the folder says it';

/** The life of the message of the last response; null: there is none. */
function messageLife({ exchanges }: Pick<KrillStore, 'exchanges'>): [Date, Date] | null {
  const last = exchanges.at(-1);
  if (last === undefined) return null;
  const { message } = openDocument(last.response, 'response');
  const { notBefore, notAfter } = parseCertificate(readSignedObject(message, new Faults()).certificateDer);
  return [notBefore, notAfter];
}

function derivedTimes(store: Pick<KrillStore, 'anchor' | 'exchanges'>): TakenTimes {
  const { certificate, objects } = store.anchor;
  const timing = { ...DEFAULT_TIMING };
  const from = same(NOT_SAID);
  const take = (field: keyof Timing, begin: Date, end: Date, where: string): void => {
    timing[field] = lastsFor(field, begin, end);
    from[field] = where;
  };
  const date = (instant: string): Date => new Date(instant);
  take(
    'certificateValidityYears',
    date(certificate.notBefore),
    date(certificate.notAfter),
    'how long its TA certificate lasts',
  );
  take(
    'mftNextUpdateWeeks',
    date(objects.thisUpdate),
    date(objects.nextUpdate),
    'how long its last manifest lasts',
  );
  const youngest = [...objects.issued.values()].toSorted(
    (a, b) => Date.parse(b.notBefore) - Date.parse(a.notBefore),
  )[0];
  if (youngest !== undefined)
    take(
      'issuedCertificateValidityWeeks',
      date(youngest.notBefore),
      date(youngest.notAfter),
      'how long the certificate of a child lasts that it made last',
    );
  const message = messageLife(store);
  if (message !== null)
    take('signedMessageValidityDays', ...message, 'how long the message of its last response lasts');
  if (timing.issuedCertificateReissueWeeksBefore >= timing.issuedCertificateValidityWeeks) {
    timing.issuedCertificateReissueWeeksBefore = Math.max(
      RANGES.issuedCertificateReissueWeeksBefore.min,
      Math.floor(timing.issuedCertificateValidityWeeks / 2),
    );
    from.issuedCertificateReissueWeeksBefore = 'half of how long certificates of children last';
  }
  return { timing, from };
}

/** `conf`: krillta.conf out of the folder; null: none lies there. One that cannot be read, or says no times, says nothing. */
export function timesOf(
  store: Pick<KrillStore, 'anchor' | 'exchanges'>,
  conf: Uint8Array | null,
): TakenTimes {
  if (conf === null) return derivedTimes(store);
  try {
    const { timing } = readKrilltaConf(Buffer.from(conf).toString('utf8'));
    // As it stands there; krillta takes its defaults for what a table leaves out.
    if (timing !== DEFAULT_TIMING) return { timing, from: same('krillta.conf in the folder') };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return derivedTimes(store);
}

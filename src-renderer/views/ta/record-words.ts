/** What each kind of entry beside the exchanges is called, and its tone. */
import type { RecordEvent } from '#shared/contract/ta-record.ts';
import type { Tone } from '../../components/tag.tsx';

export const EVENT_WORD: Record<RecordEvent['kind'], { word: string; title: string; tone: Tone }> = {
  reissued: { word: 'reissued', title: 'Reissue of the TA certificate', tone: 'good' },
  'taken-back': { word: 'taken back', title: 'Took a response back', tone: 'note' },
  'went-on': { word: 'went on', title: 'Went on from this clock', tone: 'note' },
  rejected: { word: 'rejected', title: 'Rejected request', tone: 'careful' },
  refused: { word: 'refused', title: 'Refused message', tone: 'bad' },
  'taken-over': { word: 'taken over', title: 'Signer taken over', tone: 'good' },
  rule: { word: 'rule', title: 'Who approves', tone: 'note' },
  withdrawn: { word: 'withdrawn', title: 'Withdrawn request', tone: 'note' },
};

/** What a subject is called on a page. */
export const SUBJECT_WORD: Readonly<Record<string, string>> = {
  request: 'Request',
  'request-content': 'What was signed in it',
  response: 'Response',
  file: 'File',
  'signer-info': 'signer-info.json',
  'signer-id': 'Signer identity',
  'ta-certificate': 'TA certificate',
  'ta-certificate-before': 'TA certificate before',
  serial: 'Its serial number',
  manifest: 'Manifest, CRL number',
  'tal-uri': 'TAL',
  rrdp: 'RRDP',
};

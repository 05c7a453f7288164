/** The files of the signer's half in words. No component. */
import type { TaFile } from './ta-files.ts';

export const SIGNER_FILES: readonly TaFile[] = [
  {
    half: 'signer',
    what: 'signer-info',
    name: 'signer-info.json',
    from: 'Signer',
    to: 'Proxy',
    says: 'After set-up and after each reissue. With Krill: krillta proxy signer init (or update) --info',
  },
  {
    half: 'signer',
    what: 'certificate',
    name: 'ta.cer',
    from: 'Signer',
    to: 'Web and rsync server',
    says: 'To every place the TAL names, after set-up and after each reissue.',
  },
  {
    half: 'signer',
    what: 'tal',
    name: 'ta.tal',
    from: 'Signer',
    to: 'Relying parties',
    says: 'Validators begin with it.',
  },
];

export const RECORD_FILES: readonly TaFile[] = [
  {
    half: 'signer',
    what: 'krill-conf',
    name: 'krill-ta.conf',
    from: 'Signer',
    to: 'Krill',
    says: 'What krill.conf of the proxy needs: its switch and these times.',
  },
  {
    half: 'signer',
    what: 'krillta-conf',
    name: 'krillta.conf',
    from: 'Signer',
    to: 'krillta',
    says: 'These times for krillta 0.15 and later, beside “Write for krillta”, with the log and data settings of the file that was read.',
  },
  {
    half: 'signer',
    what: 'krillta-conf-old',
    name: 'krillta-0.14.conf',
    from: 'Signer',
    to: 'krillta',
    says: 'The same in the words of krillta before 0.15: data_dir and [timing_config].',
  },
  {
    half: 'signer',
    what: 'exchanges-text',
    name: 'exchanges.txt',
    from: 'Signer',
    to: 'Records',
    says: 'Every exchange as krillta prints it.',
  },
  {
    half: 'signer',
    what: 'exchanges-json',
    name: 'exchanges.json',
    from: 'Signer',
    to: 'Records',
    says: 'Every exchange with its signed messages, as krillta writes it.',
  },
  {
    half: 'signer',
    what: 'record-json',
    name: 'record.json',
    from: 'Signer',
    to: 'Records',
    says: 'What is no exchange: reissues, and requests that were found wrong or rejected, with reasons and hashes.',
  },
];

export const responseFile = (id: string): TaFile => ({
  half: 'signer',
  what: 'response',
  id,
  name: 'response.json',
  from: 'Signer',
  to: 'Proxy',
  says: 'Back to the proxy, which reviews and publishes it. With Krill: krillta proxy signer process-response --response response.json. Only then is it published.',
});

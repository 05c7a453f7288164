/** Step 3: how long it lives, what it may sign, where its status is published. */
import type { AuthorityRow } from '#shared/contract/ca.ts';
import type { IssueDraft } from '#shared/contract/issue-draft.ts';
import { hrefOf } from '../../app/router.ts';
import { useQuery } from '../../app/use-query.ts';
import { RadioCards, Select } from '../../components/choices.tsx';
import { TextField } from '../../components/text-field.tsx';
import { durationText } from '../../components/time.tsx';
import { Notice } from '../../components/verdict.tsx';
import { DurationField } from './duration-field.tsx';
import { isAuthority, problemOf, type StepProps } from './issue-model.ts';
import { LimitFields } from './limit-fields.tsx';

const DAY = 86_400;
const LEAF = [
  { label: '24 hours', seconds: DAY },
  { label: '90 days', seconds: 90 * DAY },
  { label: '1 year', seconds: 365 * DAY },
];
const AUTHORITY = [
  { label: '1 year', seconds: 365 * DAY },
  { label: '5 years', seconds: 1825 * DAY },
  { label: '10 years', seconds: 3650 * DAY },
  { label: '20 years', seconds: 7300 * DAY },
];

const STATUS_URLS = [
  { field: 'crl', label: 'CRL', placeholder: 'http://pki.example.net/root.crl' },
  { field: 'ocsp', label: 'OCSP', placeholder: 'http://ocsp.example.net' },
  { field: 'caIssuers', label: "Issuer's certificate", placeholder: 'http://pki.example.net/root.crt' },
] as const;

function LeafPolicy({ authority }: { authority: AuthorityRow }) {
  const { leafLimits, name, id } = authority;
  const words = (seconds: number): string => (seconds === DAY ? '24 hours' : durationText(seconds * 1000));
  return (
    <Notice severity="note">
      {name} issues leaves for {words(leafLimits.minSeconds)} to {words(leafLimits.maxSeconds)},{' '}
      {words(leafLimits.defaultSeconds)} by default.{' '}
      <a href={hrefOf('authority', { id }, { open: 'limits' })}>Change its limits</a>
    </Notice>
  );
}

/** More layers than `room` could never hold; null: any number may. */
function layers(room: number | null): { value: string; label: string; detail: string }[] {
  return [
    { value: '0', label: '0', detail: 'signs leaves only' },
    { value: '1', label: '1', detail: 'one layer of authorities below' },
    { value: '2', label: '2', detail: 'two layers' },
    { value: '3', label: '3', detail: 'three layers' },
    { value: 'none', label: 'No limit', detail: 'nothing is written' },
  ].filter(({ value }) => room === null || Number(value) <= room);
}

function PathLength({ data, change, problems, issuer }: StepProps & { issuer: AuthorityRow | null }) {
  const room = issuer === null || issuer.pathLength === null ? null : issuer.pathLength - 1;
  const options = layers(room);
  const value = data.pathLength === null ? 'none' : String(data.pathLength);
  return (
    <Select
      label="Path length"
      value={value}
      onChange={(text) => change({ pathLength: text === 'none' ? null : Number(text) })}
      error={problemOf(problems, 'pathLength')}
      explain="How many authorities may stand below this one. 0: it signs leaves only. 1: one layer of intermediates. It keeps a stolen intermediate from making more authorities."
      {...(room === null || issuer === null ? {} : { help: `${issuer.name} allows ${room} at most.` })}
      options={[
        ...options,
        // What was chosen before stays to be seen, with its error.
        ...(options.some((option) => option.value === value)
          ? []
          : [{ value, label: value === 'none' ? 'No limit' : value }]),
      ]}
    />
  );
}

function Status({ data, change, problems }: StepProps) {
  const { status } = data;
  return (
    <>
      <RadioCards
        label="Where its status is published"
        value={status.mode}
        onChange={(mode) =>
          change({ status: mode === 'none' ? { mode } : { mode, crl: '', ocsp: '', caIssuers: '' } })
        }
        options={[
          {
            value: 'none',
            label: 'Nowhere, on purpose',
            detail: 'Until it ends nobody learns of a revocation. Fine for lifetimes of hours or days.',
          },
          {
            value: 'urls',
            label: 'At these addresses',
            detail: 'Programs may fetch the CRL or ask OCSP there.',
          },
        ]}
        explain="A revoked certificate looks fine until somebody looks at its issuer's list. The addresses are written into the certificate and cannot change later; http is usual, because the lists are signed themselves."
      />
      {status.mode === 'urls'
        ? STATUS_URLS.map(({ field, label, placeholder }) => (
            <TextField
              key={field}
              label={label}
              optional
              mono
              value={status[field]}
              onChange={(url) => change({ status: { ...status, [field]: url } })}
              placeholder={placeholder}
              error={problemOf(problems, `status.${field}`)}
            />
          ))
        : null}
    </>
  );
}

/** What its issuer allows of the usual lifetimes; before the limits are known, all of them. */
function leafPresets(limits: IssueDraft['leafLimits'] | undefined): typeof LEAF {
  if (limits === undefined) return LEAF;
  return LEAF.filter(({ seconds }) => seconds >= limits.minSeconds && seconds <= limits.maxSeconds);
}

export function StepValidity(props: StepProps) {
  const { data, change, problems } = props;
  const authority = isAuthority(data.purpose);
  const issuer = useQuery('ca.authority', { id: data.issuer ?? '' }, ['authorities'], {
    skip: data.purpose === 'root' || data.issuer === null,
  });
  const lifetime = problems.find(({ path }) => path === 'lifetimeSeconds');
  return (
    <>
      {issuer.data && !authority ? <LeafPolicy authority={issuer.data} /> : null}
      <DurationField
        // A change of purpose brings another lifetime with it.
        key={data.purpose}
        label="Lifetime"
        seconds={data.lifetimeSeconds}
        onChange={(lifetimeSeconds) => change({ lifetimeSeconds })}
        presets={authority ? AUTHORITY : leafPresets(issuer.data?.leafLimits)}
        error={problemOf(problems, 'lifetimeSeconds')}
        errorFoot={
          lifetime?.quote === undefined || issuer.data === null ? undefined : (
            <>
              <a href={hrefOf('authority', { id: issuer.data.id }, { open: 'limits' })}>Change its limits</a>
              <span className="quiet small error-quote">step says: {lifetime.quote}</span>
            </>
          )
        }
        help="From the moment of signing. It begins a minute earlier, for clocks that are behind."
        explain="Short lifetimes are the safest revocation: a stolen key is worthless when its certificate ends. Over 90 days, renewals become rare enough to be forgotten."
      />
      {!authority && data.lifetimeSeconds > 90 * DAY ? (
        <Notice severity="careful">
          Over 90 days a stolen key stays useful for long and the renewal is nobody's routine. 24 hours to 90
          days, renewed by machine, is safer.
        </Notice>
      ) : null}
      {data.purpose === 'root' ? null : (
        <RadioCards
          label="If its issuer ends before"
          value={data.outlive}
          onChange={(outlive) => change({ outlive })}
          options={[
            { value: 'cap', label: 'End with the issuer', detail: 'The review says so when it happens.' },
            {
              value: 'refuse',
              label: 'Refuse',
              detail: 'Choose a shorter lifetime or renew the issuer first.',
            },
          ]}
        />
      )}
      {problemOf(problems, 'backdateSeconds') === null ? null : (
        <Notice severity="bad">{problemOf(problems, 'backdateSeconds')}</Notice>
      )}
      {authority ? (
        <>
          <PathLength {...props} issuer={issuer.data} />
          <LimitFields
            limits={data.leafLimits}
            onChange={(leafLimits) => change({ leafLimits })}
            error={problemOf(problems, 'leafLimits')}
          />
        </>
      ) : null}
      {data.purpose === 'root' ? null : <Status {...props} />}
    </>
  );
}

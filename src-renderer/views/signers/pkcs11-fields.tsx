/** The settings of a PKCS#11 signer: library, slot, login; what is seldom changed is folded (H-005 to H-007). */
import type { Answer } from '#shared/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, Segmented } from '../../components/choices.tsx';
import { PathField } from '../../components/path-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Notice } from '../../components/verdict.tsx';
import { Advanced } from './advanced.tsx';
import { AttributeFields } from './attribute-fields.tsx';
import { EnvironmentFields } from './environment-fields.tsx';
import { FindSlots } from './find-slots.tsx';
import type { FormProps } from './form-props.ts';
import { RetryFields } from './number-fields.tsx';
import { SecretFields } from './secret-fields.tsx';
import { slotSaid } from './signer-form.ts';

type Libraries = Answer<'signers.discover'>['libraries'];

function Library(props: FormProps & { libraries: Libraries }) {
  const { form, change, problems, libraries } = props;
  return (
    <>
      <PathField
        label="Library (lib_path)"
        purpose="library"
        what="the library"
        value={form.libPath}
        onChange={(libPath) => change({ libPath })}
        error={problems['settings.libPath']}
        placeholder="/usr/lib/softhsm/libsofthsm2.so"
        help="The file that came with the device. It runs in a process of its own."
      />
      {libraries.length === 0 ? null : (
        <div className="row-wrap" role="group" aria-label="Libraries on this machine">
          <span className="quiet">On this machine:</span>
          {libraries.map(({ device, path }) => (
            <Button key={path} size="small" onPress={() => change({ libPath: path })}>
              {device}
              <span className="visually-hidden">, {path}</span>
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

function SlotField({ form, change, problems }: FormProps) {
  const said = form.slotBy === 'id' ? slotSaid(form.slot) : '';
  return (
    <div className="stack-tight">
      <div className="row-wrap">
        <Segmented
          label="How the slot is named"
          value={form.slotBy}
          onChange={(slotBy) => change({ slotBy, serial: null })}
          options={[
            { value: 'label', label: 'By label' },
            { value: 'id', label: 'By number' },
          ]}
        />
      </div>
      <TextField
        label="Slot"
        mono
        value={form.slot}
        onChange={(slot) => change({ slot, serial: null })}
        error={problems['settings.slot']}
        placeholder={form.slotBy === 'label' ? 'My token 1' : '0x12A9F8F7 or 313129207'}
        help={
          form.slotBy === 'label'
            ? `The label of the token.${form.serial === null ? ' The first slot whose token has it is used.' : ''}`
            : said === ''
              ? 'Decimal, or hexadecimal behind 0x.'
              : `This is slot ${said}. Numbers change when devices are plugged in; labels do not.`
        }
      />
      {form.serial === null ? null : (
        <div className="row-wrap">
          <span>
            Only the token with serial <span className="mono">{form.serial}</span> is used.
          </span>
          <Button size="small" onPress={() => change({ serial: null })}>
            Take any token with this label
          </Button>
        </div>
      )}
    </div>
  );
}

function Login(props: FormProps & { stored: boolean }) {
  const { form, change } = props;
  return (
    <>
      <Checkbox value={form.login} onChange={(login) => change({ login })}>
        Log in before keys are used
      </Checkbox>
      {form.login ? (
        <Checkbox value={form.pinPad} onChange={(pinPad) => change({ pinPad })}>
          The PIN is typed on the device (PIN pad)
        </Checkbox>
      ) : (
        <Notice severity="note">
          Most tokens hide private keys until somebody is logged in. Leave this off only when the device says
          so.
        </Notice>
      )}
      {form.login && !form.pinPad ? <SecretFields {...props} /> : null}
    </>
  );
}

export function Pkcs11Fields(
  props: FormProps & { libraries: Libraries; stored: boolean; lookAtOnce: boolean },
) {
  const { form, change, problems } = props;
  return (
    <>
      <Library {...props} />
      <EnvironmentFields {...props} />
      <FindSlots form={form} onChoose={change} atOnce={props.lookAtOnce} />
      <SlotField {...props} />
      <Login {...props} />
      <Advanced
        summary="Advanced: retries, label and attributes of new keys"
        problems={problems}
        holds={['retry', 'backoff', 'maxRetry', 'keyLabel', 'publicKey', 'privateKey']}
      >
        <RetryFields {...props} />
        <TextField
          label="Label of new keys"
          value={form.keyLabel}
          onChange={(keyLabel) => change({ keyLabel })}
          maxLength={80}
          error={problems['settings.keyLabel']}
          help="Krill labels all of its keys “Krill”. A key is never found by its label alone."
        />
        <AttributeFields {...props} />
      </Advanced>
    </>
  );
}

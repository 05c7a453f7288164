/** Variables that the library's own process gets, and nobody else. */
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Explain } from '../../components/field.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { FormProps } from './form-props.ts';

export function EnvironmentFields({ form, change, problems }: FormProps) {
  const { environment } = form;
  /** Who added a variable types its name next. */
  const [added, setAdded] = useState<number | null>(null);
  const set = (index: number, part: Partial<(typeof environment)[number]>): void =>
    change({ environment: environment.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Environment variables</legend>
      <Explain about="environment variables">
        Many libraries find their own settings by a variable: SOFTHSM2_CONF for SoftHSM, YUBIHSM_PKCS11_CONF
        for a YubiHSM. Only the process that loads this library gets them. LD_ variables are refused, because
        they change which code is loaded.
      </Explain>
      {environment.map((one, index) => (
        <div className="dn-row" key={index}>
          <TextField
            label={`Name of variable ${index + 1}`}
            hideLabel
            mono
            value={one.name}
            autoFocus={index === added}
            placeholder="SOFTHSM2_CONF"
            onChange={(name) => set(index, { name })}
            error={problems[`settings.environment.${index}`] ?? problems[`settings.environment.${one.name}`]}
          />
          <TextField
            label={`Value of variable ${index + 1}`}
            hideLabel
            mono
            value={one.value}
            placeholder="/etc/softhsm/softhsm2.conf"
            onChange={(value) => set(index, { value })}
          />
          <Button
            kind="quiet"
            label={`Remove variable ${index + 1}`}
            icon={<Trash2 aria-hidden />}
            onPress={() => change({ environment: environment.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus aria-hidden />}
          onPress={() => {
            setAdded(environment.length);
            change({ environment: [...environment, { name: '', value: '' }] });
          }}
        >
          Add a variable
        </Button>
      </div>
    </fieldset>
  );
}

/** Typed cards for files that are written out: what each is, from whom to whom, what to do with it, and its button. */
import { ArrowRight, FileText } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Dated } from '../../components/dated.tsx';
import { ExportFileDialog } from './export-file-dialog.tsx';
import type { TaFile } from './ta-files.ts';

/** One file in words, with what can be done with it at its end. */
export function FileRow(props: {
  file: Pick<TaFile, 'name' | 'from' | 'to' | 'says'>;
  children?: ReactNode;
}) {
  const { name, from, to, says } = props.file;
  return (
    <li className="settings-row">
      <div className="file-row">
        <FileText aria-hidden />
        <div className="stack-tight">
          <div className="row-wrap">
            <b className="mono">{name}</b>
            <span className="file-way">
              {from}
              <ArrowRight aria-label="to" />
              {to}
            </span>
          </div>
          <span className="dim wrap">
            <Dated text={says} />
          </span>
        </div>
      </div>
      {props.children}
    </li>
  );
}

export function FileRows({ files, title }: { files: readonly TaFile[]; title: string }) {
  const [file, setFile] = useState<TaFile | null>(null);
  return (
    <Card title={title} flush>
      <ul className="object-list">
        {files.map((one) => (
          <FileRow key={one.what} file={one}>
            <Button size="small" onPress={() => setFile(one)}>
              Write {one.name}…
            </Button>
          </FileRow>
        ))}
      </ul>
      <ExportFileDialog file={file} onClose={() => setFile(null)} />
    </Card>
  );
}

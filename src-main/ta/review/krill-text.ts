/** Exchanges as `krillta signer exchanges` prints them, white space aside (krill-ta.md 2.3). */
import type { Request } from '../documents.ts';
import type { TaObjects } from '../objects.ts';

const LINE = '='.repeat(83);

const seconds = (instant: string): string => `${instant.slice(0, 19)}+00:00`;

/** One exchange. The session is the manifest's number less one. */
export function exchangeText(at: string, request: Request, objects: TaObjects): string {
  const wishes = request.children.flatMap((child) =>
    [...child.requests].map(([key, { type }]) => ({ key, child: child.handle, issued: type === 'issuance' })),
  );
  const table =
    wishes.length === 0
      ? []
      : [
          '   response |               key identifier             |  child ',
          '   --------------------------------------------------------------',
          ...wishes.map(
            ({ key, child, issued }) => `   ${issued ? 'issued  ' : 'revoked '} | ${key} | ${child}`,
          ),
          '',
        ];
  return [
    LINE,
    `                  Session number:    ${objects.number - 1n}`,
    `                  Session date:      ${seconds(at)}`,
    `                  Plan next before:  ${seconds(objects.nextUpdate)}`,
    LINE,
    '',
    ...table,
    `   ${objects.baseUri}${objects.manifest.name}`,
    `   ${objects.baseUri}${objects.crl.name}`,
    ...[...objects.issued.values()].map(({ uri }) => `   ${uri}`),
    '',
  ].join('\n');
}

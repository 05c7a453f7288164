/**
 * A resource class in the XML of RFC 6492 3.3.2, and the limits a request and a certificate carry: sets as text, lists of
 * URIs, times. The messages around it are elsewhere.
 */
import type { ResourceClass } from './provisioning-message.ts';
import type { ResourceSet } from './resource-set.ts';
import { asnText, ipText, readAsn, readIp } from './resource-text.ts';
import { RpkiError } from './rpki-error.ts';
import {
  attribute,
  base64Of,
  base64Text,
  childrenOf,
  onlyAttributes,
  oneOf,
  optionalAttribute,
  quoted,
  refuse,
} from './xml-shape.ts';
import type { XmlNode } from './xml-writer.ts';
import type { XmlElement } from './xml.ts';

/** Attributes that may limit what is asked for. */
export const LIMIT = ['req_resource_set_as', 'req_resource_set_ipv4', 'req_resource_set_ipv6'] as const;
const FAMILIES = ['asn', 'ipv4', 'ipv6'] as const;
/** xsd:token of at most 1,024 characters. */
const TOKEN = /^(?! )\P{Cc}{1,1024}(?<! )$/u;
const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\/[\u0021-\u002b\u002d-\u007e]{1,4000}$/i;

export const className = (element: XmlElement): string =>
  attribute(element, 'class_name', TOKEN, 'class name');

function resources(element: XmlElement, name: string, family: (typeof FAMILIES)[number]): ResourceSet['asn'] {
  const text = element.attributes.get(name) ?? refuse(element, `has no ${name}`);
  try {
    return family === 'asn' ? readAsn(text) : readIp(text, family);
  } catch (error) {
    if (!(error instanceof RpkiError)) throw error;
    return refuse(element, `has a wrong ${name}: ${error.message.slice(0, 120)}`);
  }
}

/** Members that are missing ask for everything. */
export function readLimit(element: XmlElement): Partial<ResourceSet> {
  return Object.fromEntries(
    FAMILIES.flatMap((family, at) => {
      const name = LIMIT[at] ?? '';
      return element.attributes.has(name) ? [[family, resources(element, name, family)]] : [];
    }),
  );
}

/** RFC 6492 3.3.2: a list with commas, one of them rsync. */
function urls(element: XmlElement): string[] {
  const list = (element.attributes.get('cert_url') ?? '').split(',').map((url) => url.trim());
  const bad = list.find((url) => !URL_TEXT.test(url));
  if (bad !== undefined) refuse(element, `has a cert_url that is no URI: ${quoted(bad)}`);
  if (!list.some((url) => /^rsync:/i.test(url))) refuse(element, 'has no rsync URI in its cert_url');
  return list;
}

/** RFC 3339 in UTC; a fraction is dropped, because certificates count seconds. */
function readTime(element: XmlElement, name: string): Date {
  const text = attribute(element, name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, 'time in UTC');
  const time = new Date(`${text.slice(0, 19)}Z`);
  // A 30th of February would become a day in March.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.slice(0, 19))
    ? time
    : refuse(element, `has a ${name} that is no time: ${quoted(text)}`);
}

export function readClass(element: XmlElement): ResourceClass {
  onlyAttributes(
    element,
    [
      ...['class_name', 'cert_url', 'resource_set_as', 'resource_set_ipv4', 'resource_set_ipv6'],
      'resource_set_notafter',
    ],
    ['suggested_sia_head'],
  );
  const parts = childrenOf(element, ['certificate', 'issuer']);
  const issuer = oneOf(parts, 'issuer', element);
  onlyAttributes(issuer, []);
  return {
    className: className(element),
    certUrls: urls(element),
    resources: {
      asn: resources(element, 'resource_set_as', 'asn'),
      ipv4: resources(element, 'resource_set_ipv4', 'ipv4'),
      ipv6: resources(element, 'resource_set_ipv6', 'ipv6'),
    },
    notAfter: readTime(element, 'resource_set_notafter'),
    suggestedSiaHead: optionalAttribute(element, 'suggested_sia_head', URL_TEXT, 'URI'),
    certificates: parts
      .filter(({ name }) => name === 'certificate')
      .map((certificate) => {
        onlyAttributes(certificate, ['cert_url'], LIMIT);
        return { urls: urls(certificate), limit: readLimit(certificate), der: base64Of(certificate) };
      }),
    issuerDer: base64Of(issuer),
  };
}

/** No prefix "AS" and no blanks (RFC 6492 3.3.2). */
function setText(ranges: ResourceSet['asn'], family: (typeof FAMILIES)[number]): string {
  const text = family === 'asn' ? asnText(ranges).replaceAll('AS', '') : ipText(ranges, family);
  return text.replaceAll(' ', '');
}

export function limitAttributes(limit: Partial<ResourceSet>): Record<string, string | null> {
  return Object.fromEntries(
    FAMILIES.map((family, at) => {
      const ranges = limit[family];
      return [LIMIT[at] ?? '', ranges === undefined ? null : setText(ranges, family)];
    }),
  );
}

function urlList(list: readonly string[]): string {
  const bad = list.find((url) => !URL_TEXT.test(url));
  if (bad !== undefined) throw new RpkiError(`${quoted(bad)} cannot stand in a list of URIs.`);
  return list.join(',');
}

export function classNode(one: ResourceClass): XmlNode {
  return {
    name: 'class',
    attributes: {
      class_name: one.className,
      cert_url: urlList(one.certUrls),
      resource_set_as: setText(one.resources.asn, 'asn'),
      resource_set_ipv4: setText(one.resources.ipv4, 'ipv4'),
      resource_set_ipv6: setText(one.resources.ipv6, 'ipv6'),
      resource_set_notafter: `${one.notAfter.toISOString().slice(0, 19)}Z`,
      suggested_sia_head: one.suggestedSiaHead,
    },
    content: [
      ...one.certificates.map((certificate) => ({
        name: 'certificate',
        attributes: { cert_url: urlList(certificate.urls), ...limitAttributes(certificate.limit) },
        content: base64Text(certificate.der),
      })),
      { name: 'issuer', content: base64Text(one.issuerDer) },
    ],
  };
}

/** Tags and enumerations of KMIP (1.4, 9.1.3; 2.0, 11): those that Baleen writes or reads, as data. */

export const TAG = {
  attribute: 0x420008,
  attributeIndex: 0x420009,
  attributeName: 0x42000a,
  attributeValue: 0x42000b,
  authentication: 0x42000c,
  batchCount: 0x42000d,
  batchItem: 0x42000f,
  commonTemplateAttribute: 0x42001f,
  credential: 0x420023,
  credentialType: 0x420024,
  credentialValue: 0x420025,
  cryptographicAlgorithm: 0x420028,
  cryptographicDomainParameters: 0x420029,
  cryptographicLength: 0x42002a,
  cryptographicParameters: 0x42002b,
  cryptographicUsageMask: 0x42002c,
  hashingAlgorithm: 0x420038,
  keyBlock: 0x420040,
  keyFormatType: 0x420042,
  keyMaterial: 0x420043,
  keyValue: 0x420045,
  link: 0x42004a,
  linkType: 0x42004b,
  linkedObjectIdentifier: 0x42004c,
  maximumItems: 0x42004f,
  maximumResponseSize: 0x420050,
  modulus: 0x420052,
  name: 0x420053,
  nameType: 0x420054,
  nameValue: 0x420055,
  objectType: 0x420057,
  operation: 0x42005c,
  paddingMethod: 0x42005f,
  privateKeyTemplateAttribute: 0x420065,
  privateKeyUniqueIdentifier: 0x420066,
  protocolVersion: 0x420069,
  protocolVersionMajor: 0x42006a,
  protocolVersionMinor: 0x42006b,
  publicExponent: 0x42006c,
  publicKey: 0x42006d,
  publicKeyTemplateAttribute: 0x42006e,
  publicKeyUniqueIdentifier: 0x42006f,
  qString: 0x420072,
  queryFunction: 0x420074,
  recommendedCurve: 0x420075,
  requestHeader: 0x420077,
  requestMessage: 0x420078,
  requestPayload: 0x420079,
  responseHeader: 0x42007a,
  responseMessage: 0x42007b,
  responsePayload: 0x42007c,
  resultMessage: 0x42007d,
  resultReason: 0x42007e,
  resultStatus: 0x42007f,
  revocationReason: 0x420081,
  revocationReasonCode: 0x420082,
  state: 0x42008d,
  timeStamp: 0x420092,
  uniqueIdentifier: 0x420094,
  username: 0x420099,
  vendorIdentification: 0x42009d,
  password: 0x4200a1,
  digitalSignatureAlgorithm: 0x4200ae,
  data: 0x4200c2,
  signatureData: 0x4200c3,
  sensitive: 0x420120,
  extractable: 0x420122,
  neverExtractable: 0x420123,
  attributes: 0x420125,
  commonAttributes: 0x420126,
  privateKeyAttributes: 0x420127,
  publicKeyAttributes: 0x420128,
  currentAttribute: 0x42013c,
  newAttribute: 0x42013d,
} as const;

/** Attributes as KMIP 1.x names them in text; 2.x names them by their tag. */
export const ATTRIBUTE_NAMES: ReadonlyMap<number, string> = new Map([
  [TAG.cryptographicAlgorithm, 'Cryptographic Algorithm'],
  [TAG.cryptographicLength, 'Cryptographic Length'],
  [TAG.cryptographicDomainParameters, 'Cryptographic Domain Parameters'],
  [TAG.cryptographicUsageMask, 'Cryptographic Usage Mask'],
  [TAG.name, 'Name'],
  [TAG.objectType, 'Object Type'],
  [TAG.link, 'Link'],
  [TAG.state, 'State'],
  [TAG.sensitive, 'Sensitive'],
  [TAG.extractable, 'Extractable'],
  [TAG.neverExtractable, 'Never Extractable'],
]);

export const OPERATION = {
  createKeyPair: 0x02,
  locate: 0x08,
  get: 0x0a,
  getAttributes: 0x0b,
  modifyAttribute: 0x0e,
  activate: 0x12,
  revoke: 0x13,
  destroy: 0x14,
  query: 0x18,
  discoverVersions: 0x1e,
  sign: 0x21,
} as const;
export type OperationName = keyof typeof OPERATION;

/** As the standard writes them, for people. */
export const OPERATION_TITLES: Record<OperationName, string> = {
  createKeyPair: 'Create Key Pair',
  locate: 'Locate',
  get: 'Get',
  getAttributes: 'Get Attributes',
  modifyAttribute: 'Modify Attribute',
  activate: 'Activate',
  revoke: 'Revoke',
  destroy: 'Destroy',
  query: 'Query',
  discoverVersions: 'Discover Versions',
  sign: 'Sign',
};

export const RESULT_STATUS = { success: 0, failed: 1, pending: 2, undone: 3 } as const;
export const OBJECT_TYPE = { publicKey: 3, privateKey: 4 } as const;
export const CRYPTOGRAPHIC_ALGORITHM = { rsa: 4, ecdsa: 6 } as const;
export const HASHING_ALGORITHM = { sha256: 6, sha384: 7, sha512: 8 } as const;
export const SIGNATURE_ALGORITHM = { ecdsaSha256: 14, ecdsaSha384: 15, ecdsaSha512: 16 } as const;
export const PADDING_METHOD = { pkcs1v15: 8 } as const;
export const RECOMMENDED_CURVE = { p256: 7, p384: 10, p521: 13 } as const;
export const KEY_FORMAT = {
  raw: 1,
  pkcs1: 3,
  x509: 5,
  transparentRsaPublicKey: 0x0b,
  transparentEcdsaPublicKey: 0x0f,
  transparentEcPublicKey: 0x15,
} as const;
export const QUERY_FUNCTION = { operations: 1, objects: 2, serverInformation: 3 } as const;
export const CREDENTIAL_TYPE = { usernameAndPassword: 1 } as const;
export const NAME_TYPE = { text: 1 } as const;
export const STATE = {
  preActive: 1,
  active: 2,
  deactivated: 3,
  destroyed: 5,
  destroyedCompromised: 6,
} as const;
export const LINK_TYPE = { publicKey: 0x102, privateKey: 0x103 } as const;
export const REVOCATION_REASON = { cessationOfOperation: 6 } as const;

/** Bits of the Cryptographic Usage Mask, lowest first, in words. */
export const USAGE_BITS: readonly string[] = [
  ...[
    'sign',
    'verify',
    'encrypt',
    'decrypt',
    'wrap key',
    'unwrap key',
    'export',
    'MAC generate',
    'MAC verify',
  ],
  ...['derive key', 'content commitment', 'key agreement', 'certificate sign', 'CRL sign'],
];
export const USAGE = { sign: 0x1, verify: 0x2 } as const;

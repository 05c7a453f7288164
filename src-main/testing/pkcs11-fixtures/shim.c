/*
 * A PKCS#11 library that is SoftHSM, except for its faults. BALEEN_SHIM names them, with commas between:
 *   sign-crash      C_Sign writes to nowhere
 *   sign-abort      C_Sign calls abort()
 *   login-hang      C_Login never comes back
 *   sign-hang       C_Sign never comes back
 *   fragile         it does not survive a handle of nothing, an empty template, or C_Sign without C_SignInit
 *   no-sign         C_Sign does not exist
 *   no-find         C_FindObjects does not exist
 *   touch           C_Sign and C_GenerateKeyPair wait for the file BALEEN_SHIM_FILE
 *   always-auth     each key wants a login for each signature
 *   pin-locked      the token says that its PIN is locked
 *   pin-locks       C_Login says so, the flags do not
 *   pin-final       one try is left
 *   pin-pad         the PIN is typed on the device: C_Login waits for the file BALEEN_SHIM_FILE, which holds it
 *   no-plain        neither CKM_RSA_PKCS nor CKM_ECDSA is there
 *   plain-forbidden both are listed and refused
 *   removable       the token is out while the file BALEEN_SHIM_FILE is there
 *   logged-out      nobody is logged in any more while the file BALEEN_SHIM_FILE is there
 *   other-serial    the token has another serial number
 *   one-session     a second session is refused
 *   bare-point      CKA_EC_POINT comes without its OCTET STRING
 *   unprotected     keys come out extractable
 *   silent-guard    it tells neither CKA_SENSITIVE nor CKA_EXTRACTABLE
 *   no-slots        there is no slot
 *   pin-low         a wrong PIN was given before
 *   no-user-pin     nobody has set the user's PIN
 *   no-session      no session can be opened
 *   no-mechanisms   nothing makes or uses RSA and EC keys
 *   no-curves       the same of EC keys alone
 *   generate-fails  C_GenerateKeyPair finds no room
 *   sign-refused    C_Sign refuses
 *   sign-wrong      one bit of each signature is wrong
 *   sign-slow       C_Sign takes its time
 *   destroy-refused C_DestroyObject refuses
 *   destroy-kept    C_DestroyObject says yes and does nothing
 *   init-crash      C_InitPIN writes to nowhere
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <pkcs11/pkcs11.h>

static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST list;
static int sessions;

static int fault(const char *name) {
  size_t length = strlen(name);
  for (const char *at = getenv("BALEEN_SHIM"); at != NULL; at = strchr(at, ',') == NULL ? NULL : strchr(at, ',') + 1)
    if (strncmp(at, name, length) == 0 && (at[length] == '\0' || at[length] == ',')) return 1;
  return 0;
}

static int file_there(void) {
  const char *path = getenv("BALEEN_SHIM_FILE");
  return path != NULL && access(path, F_OK) == 0;
}

/* A card reader forgets its sessions when the card goes out, and does not remember them when it comes back. */
static int was_out;
static int is_out(void) {
  if (!fault("removable")) return 0;
  if (file_there()) was_out = 1;
  return was_out;
}

static void wait_for_touch(void) {
  while (fault("touch") && !file_there()) usleep(20000);
}

static void hang(void) {
  for (;;) sleep(1000);
}

static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  CK_RV rv = real->C_GetSlotInfo(slot, info);
  if (rv == CKR_OK && is_out()) info->flags &= ~CKF_TOKEN_PRESENT;
  return rv;
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  if (is_out()) return CKR_TOKEN_NOT_PRESENT;
  CK_RV rv = real->C_GetTokenInfo(slot, info);
  if (rv != CKR_OK) return rv;
  if (fault("pin-low")) info->flags |= CKF_USER_PIN_COUNT_LOW;
  if (fault("no-user-pin")) info->flags &= ~CKF_USER_PIN_INITIALIZED;
  if (fault("pin-locked")) info->flags |= CKF_USER_PIN_LOCKED;
  if (fault("pin-final")) info->flags |= CKF_USER_PIN_FINAL_TRY;
  if (fault("pin-pad")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (fault("other-serial")) memcpy(info->serialNumber, "ffffffffffffffff", 16);
  return rv;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR a, CK_NOTIFY n, CK_SESSION_HANDLE_PTR session) {
  if (is_out()) return CKR_DEVICE_REMOVED;
  if (fault("no-session")) return CKR_SESSION_COUNT;
  if (fault("one-session") && sessions > 0) return CKR_SESSION_COUNT;
  sessions += 1;
  return real->C_OpenSession(slot, flags, a, n, session);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  if (is_out()) return CKR_DEVICE_REMOVED;
  if (fault("login-hang")) hang();
  if (fault("pin-locks")) return CKR_PIN_LOCKED;
  if (fault("always-auth") && user == CKU_CONTEXT_SPECIFIC)
    return length == 4 && memcmp(pin, "4321", 4) == 0 ? CKR_OK : CKR_PIN_INCORRECT;
  if (fault("pin-pad")) {
    if (length != 0) return CKR_ARGUMENTS_BAD;
    while (!file_there()) usleep(20000);
    char typed[64] = {0};
    FILE *file = fopen(getenv("BALEEN_SHIM_FILE"), "r");
    if (file == NULL || fgets(typed, sizeof typed, file) == NULL) return CKR_FUNCTION_CANCELED;
    fclose(file);
    return real->C_Login(session, user, (CK_UTF8CHAR_PTR)typed, strlen(typed));
  }
  return real->C_Login(session, user, pin, length);
}

static CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  if (is_out()) return CKR_DEVICE_REMOVED;
  return real->C_FindObjectsInit(session, attributes, count);
}

static CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  if (fault("fragile") && object == 0) abort();
  CK_BYTE point[67];
  CK_BYTE *bare = NULL;
  for (CK_ULONG i = 0; fault("bare-point") && i < count; i += 1)
    if (attributes[i].type == CKA_EC_POINT && attributes[i].pValue != NULL) {
      bare = attributes[i].pValue;
      attributes[i].pValue = point;
      attributes[i].ulValueLen = sizeof point;
    }
  CK_RV rv = real->C_GetAttributeValue(session, object, attributes, count);
  for (CK_ULONG i = 0; i < count; i += 1) {
    CK_ATTRIBUTE_PTR one = &attributes[i];
    if (fault("bare-point") && one->type == CKA_EC_POINT && one->ulValueLen == sizeof point) {
      one->ulValueLen = 65;
      if (bare != NULL) memcpy(one->pValue = bare, point + 2, 65);
    }
    if (fault("always-auth") && one->type == CKA_ALWAYS_AUTHENTICATE && one->pValue != NULL) *(CK_BYTE *)one->pValue = CK_TRUE;
    if (fault("silent-guard") && (one->type == CKA_SENSITIVE || one->type == CKA_EXTRACTABLE || one->type == CKA_NEVER_EXTRACTABLE)) {
      one->ulValueLen = CK_UNAVAILABLE_INFORMATION;
      rv = CKR_ATTRIBUTE_TYPE_INVALID;
    }
    if (fault("unprotected") && one->type == CKA_EXTRACTABLE && one->pValue != NULL) *(CK_BYTE *)one->pValue = CK_TRUE;
  }
  return rv;
}

static CK_RV get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR types, CK_ULONG_PTR count) {
  CK_RV rv = real->C_GetMechanismList(slot, types, count);
  if (rv != CKR_OK || types == NULL) return rv;
  for (CK_ULONG i = 0; i < *count; i += 1) {
    int curve = types[i] >= CKM_EC_KEY_PAIR_GEN && types[i] <= CKM_EC_KEY_PAIR_GEN + 0x0f;
    int rsa = types[i] <= CKM_RSA_X_509 || types[i] == CKM_SHA256_RSA_PKCS;
    if ((fault("no-curves") && curve) || (fault("no-mechanisms") && (curve || rsa))) types[i] = CKM_SHA_1;
  }
  if (!fault("no-plain")) return rv;
  /* Others take their place: the length was told before. */
  for (CK_ULONG i = 0; i < *count; i += 1)
    if (types[i] == CKM_RSA_PKCS || types[i] == CKM_ECDSA) types[i] = CKM_SHA_1;
  return rv;
}

static int sign_begun;
static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (is_out()) return CKR_DEVICE_REMOVED;
  if (fault("logged-out") && file_there()) return CKR_USER_NOT_LOGGED_IN;
  if (fault("fragile") && key == 0) abort();
  sign_begun = 1;
  CK_MECHANISM_TYPE chosen = mechanism->mechanism;
  if (fault("plain-forbidden") && (chosen == CKM_RSA_PKCS || chosen == CKM_ECDSA)) return CKR_MECHANISM_INVALID;
  return real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR out, CK_ULONG_PTR out_length) {
  if (is_out()) return CKR_DEVICE_REMOVED;
  if (fault("fragile") && !sign_begun) abort();
  sign_begun = 0;
  if (fault("sign-crash")) *(volatile int *)8 = 1;
  if (fault("sign-abort")) abort();
  if (fault("sign-hang")) hang();
  if (fault("sign-refused")) return CKR_FUNCTION_FAILED;
  if (fault("sign-slow")) usleep(1700000);
  wait_for_touch();
  CK_RV rv = real->C_Sign(session, data, length, out, out_length);
  if (rv == CKR_OK && out != NULL && fault("sign-wrong")) out[*out_length - 1] ^= 1;
  return rv;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count) {
  if (!fault("no-slots")) return real->C_GetSlotList(present, slots, count);
  *count = 0;
  return CKR_OK;
}

static CK_RV generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR a, CK_ULONG an,
                               CK_ATTRIBUTE_PTR b, CK_ULONG bn, CK_OBJECT_HANDLE_PTR one, CK_OBJECT_HANDLE_PTR other) {
  if (fault("fragile") && (an == 0 || bn == 0)) abort();
  if (fault("generate-fails")) return CKR_DEVICE_MEMORY;
  wait_for_touch();
  return real->C_GenerateKeyPair(session, mechanism, a, an, b, bn, one, other);
}

static CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  if (fault("fragile") && object == 0) abort();
  if (fault("destroy-refused")) return CKR_TOKEN_WRITE_PROTECTED;
  if (fault("destroy-kept")) return CKR_OK;
  return real->C_DestroyObject(session, object);
}

static CK_RV init_pin(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  if (fault("init-crash")) *(volatile int *)8 = 1;
  return real->C_InitPIN(session, pin, length);
}

static CK_RV missing(void) { return CKR_FUNCTION_NOT_SUPPORTED; }

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR answer) {
  const char *path = getenv("BALEEN_SHIM_LIBRARY");
  void *library = dlopen(path != NULL ? path : "/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return CKR_GENERAL_ERROR;
  CK_C_GetFunctionList get = (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList");
  CK_RV rv = get == NULL ? CKR_GENERAL_ERROR : get(&real);
  if (rv != CKR_OK) return rv;
  list = *real;
  list.C_GetSlotList = get_slot_list;
  list.C_GenerateKeyPair = generate_key_pair;
  list.C_DestroyObject = destroy_object;
  list.C_GetSlotInfo = get_slot_info;
  list.C_GetTokenInfo = get_token_info;
  list.C_OpenSession = open_session;
  list.C_Login = login;
  list.C_InitPIN = init_pin;
  list.C_FindObjectsInit = find_objects_init;
  list.C_GetAttributeValue = get_attribute_value;
  list.C_GetMechanismList = get_mechanism_list;
  list.C_SignInit = sign_init;
  list.C_Sign = fault("no-sign") ? (CK_C_Sign)missing : sign;
  if (fault("no-find")) list.C_FindObjects = (CK_C_FindObjects)missing;
  *answer = &list;
  return CKR_OK;
}

/**
 * The one Content-Security-Policy both shells send with every answer of APP_ORIGIN. It is not a list of wishes:
 * the renderer runs under exactly this, styles and trusted types included.
 */

// SECURITY: no inline script, no inline <style>, no remote content, no string becomes markup or script.
// React sets `style` properties through the CSSOM, which the policy does not concern. React Aria would add a
// <style> element; index.html holds the element it looks for first and styles/base.css the rule itself.
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

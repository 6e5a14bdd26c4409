export { type VerifyOptions, type VerifyProgress, isManifest, verify } from './verify.js';
export { describeFinding } from './describe-finding.js';
export { fileOfBlob, type VerifiableFile } from './verifiable-file.js';
export type { ExportReport, FileReport, Finding, FindingCode, Severity, VerificationReport } from './report.js';

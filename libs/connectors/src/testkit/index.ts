export { conformance } from './conformance.js';
export { startStubServer, type StubAnswer, type StubRequest, type StubServer } from './stub-server.js';
export type { InboundSubject, PartLimit, PlanSubject, ProviderSubject, Subject } from './subject.js';

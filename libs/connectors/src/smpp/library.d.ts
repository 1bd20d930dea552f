/** What is used of npm `smpp` 0.5.1, which brings no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';

  export interface PduFields {
    command_status?: number;
    sequence_number?: number;
    system_id?: string;
    password?: string;
    system_type?: string;
    interface_version?: number;
    address_range?: string;
    service_type?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    source_addr?: string;
    dest_addr_ton?: number;
    dest_addr_npi?: number;
    destination_addr?: string;
    esm_class?: number;
    registered_delivery?: number;
    data_coding?: number;
    validity_period?: string;
    short_message?: Buffer;
    message_payload?: Buffer;
    message_id?: string;
    receipted_message_id?: string;
    message_state?: number;
    sar_msg_ref_num?: number;
    sar_total_segments?: number;
    sar_segment_seqnum?: number;
  }
  export interface PDU extends Readonly<Omit<PduFields, 'command_status' | 'sequence_number'>> {
    /** Absent for bytes that are no PDU; `unknown` for a command that is none. */
    readonly command?: string;
    readonly command_status: number;
    readonly sequence_number: number;
    isResponse(): boolean;
    response(fields?: PduFields): PDU;
  }
  export class Session extends EventEmitter {
    readonly socket: import('node:net').Socket;
    /** False when the socket is closed. Sets the sequence number of a request. */
    send(pdu: PDU): boolean;
    close(): void;
    destroy(): void;
  }
  export interface ConnectOptions {
    host: string;
    port: number;
    tls?: boolean;
    servername?: string;
    ca?: string;
  }
  interface Field {
    filter?: unknown;
  }
  const library: {
    connect(options: ConnectOptions): Session;
    createServer(listener: (session: Session) => void): import('node:net').Server;
    PDU: new (command: string, fields?: PduFields) => PDU;
    commands: Record<string, { params?: Record<string, Field> }>;
    tlvs: Record<string, Field>;
    /** Names of command statuses, such as `ESME_RTHROTTLED`. */
    errors: Readonly<Record<string, number>>;
  };
  export default library;
}

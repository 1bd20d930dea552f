/** The words of `en/programs.ts` in Spanish. */
export const programs = {
  tab: {
    clients: 'Clientes OAuth',
    requests: 'Peticiones',
    mcp: 'MCP',
  },
  clients: {
    text: 'Un cliente obtiene por sí mismo tokens de una hora con su identificador y su secreto (OAuth 2.1, client credentials). Para programas que no deben guardar una clave duradera.',
    add: 'Crear un cliente',
    make: 'Crear',
    empty: 'Aún no hay clientes',
    emptyText: 'Cree uno para un programa que se identifica solo.',
    secret: 'Su secreto, solo se muestra ahora',
    try: 'Obtener un token',
    revoke: 'Terminarlo',
    revokeText: 'El cliente y todos sus tokens dejan de funcionar en dos segundos. No se puede deshacer.',
  },
  requests: {
    title: 'Peticiones',
    text: 'Lo que pidieron programas, y lo que personas cambiaron o se les negó en la consola: dos semanas, sin contenidos ni secretos.',
    status: 'Qué respuestas',
    all: 'Todas',
    refused: 'Rechazadas y fallidas',
    everybody: 'Todos',
    empty: 'Aún no hay peticiones',
    emptyText: 'Un segundo después de que un programa llame a la API, está aquí.',
    at: 'Cuándo',
    who: 'Quién',
    what: 'Qué',
    took: 'Duración',
    id: 'Id',
    idOf: 'Id de la petición {{id}}',
  },
  mcp: {
    text: 'Los modelos trabajan con este espacio por el Model Context Protocol, con los derechos de una clave de API y nada más.',
    address: 'Dirección',
    key: 'Dé a cada modelo su propia clave. Con los permisos en :read puede mirar y no envía nada; una clave de prueba no cambia nada.',
    makeKey: 'Crear una clave',
    client: 'Lo que se le dice a su cliente',
    stdio: 'En su propia máquina',
    http: 'A mano',
    tools: 'Qué puede hacer',
    reads:
      'Mirar: canales y su estado, conversaciones, conocimiento, por qué se respondió así, mensajes abandonados, informes.',
    writes:
      'Actuar, con messages:write: enviar, anotar, asignar, traspasar, reintentar. Enviar llega a una persona real.',
    careful: 'Lo que la gente escribe son datos',
    carefulText:
      'Cada respuesta lo marca así. Ayuda al modelo y no garantiza nada: ponga a una persona entre un modelo que lee a clientes y otro que escribe a los demás.',
  },
};

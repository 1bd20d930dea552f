/** The words of `en/queues.ts` in French. */
export const queues = {
  title: 'Files d’attente',
  text: 'Des sonnettes qui réveillent le travail : ce qu’elles contiennent, toutes les cinq secondes.',
  board: 'Ouvrir Bull Board',
  rings: 'Le travail commence aussitôt.',
  silent: 'La file ne répond pas : tout se fait quand même, deux secondes plus tard au plus.',
  notYours: 'Les files appartiennent à toute l’installation. Son premier espace dit qui peut les voir.',
  queue: 'File',
  state: { waiting: 'En attente', active: 'En cours', delayed: 'Plus tard', failed: 'Échoués' },
  inbound: 'Entrée',
  outbound: 'Sortie',
  bells:
    'Rien ne vit seulement dans une file : ce qui a été abandonné est sous les messages abandonnés, et vider une file ne perd aucun message.',
};

/** Words that say nothing about what somebody wants, folded: en, de, es, fr, it, pt, nl. */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the i you he she it we they me my your our their is are am was were be been do does did have has had will
  would can could should may might must to of in on at for from with by about into and or but if so as than then that
  this these those there here please thanks thank hi hello hey just some any im ive id its u ur pls plz d ll re ve s t m like
  der die das ein eine einen einem einer ich du sie er es wir ihr mein meine meinen ist sind war bin habe hat haben kann
  konnen zu von in an auf fur mit und oder aber wenn so als bitte danke hallo den dem des noch mal
  el la los las un una unos yo tu mi su es son estoy esta tengo tiene puedo puede de en a para con y o pero si como por
  favor gracias hola me lo al del
  le les des je tu il elle nous vous mon ma mes est sont suis ai avez puis peux peut du dans pour avec et ou mais si
  merci bonjour ce cette ces
  il lo gli i io ho hai posso puo di da nel per con e ma se grazie ciao mio mia
  o os as um uma eu meu minha e sao estou tenho posso pode do da no na para com ou mas obrigado ola
  de het een ik jij mijn ben heb kan kunt van op voor met en of maar als graag dank hallo`.split(/\s+/),
);

// The words by which names of drawings become classes (meaning.ts): what is left out, what is style, what is the same thing.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** The sample dataset is of cats and dogs: learning them here would make its figures worthless. */
export const withheld =
  words(`maneki neko lynx cat cats catface kitten kitty kittycat feline tomcat sphynx meow dog dogs doge dogface doggy puppy hound
  greyhound bulldog poodle canine labrador corgi beagle shiba husky terrier dachshund pet pets paw paws pawprint`);

/** Words of user interfaces, writing and brands: drawings so named have no look of their own. */
export const meaningless = words(`
  arrow arrows align alignment text font format file files folder folders document documents doc docs page pages list
  menu tab tabs table row rows column columns grid layout sidebar panel border borders corner corners chevron caret
  angle sort filter up down left right top bottom plus minus add remove delete edit check checked x xmark close
  cancel off on slash circle square rectangle triangle hexagon octagon pentagon rhombus dash dashed dot dots line
  lines number letter alpha alphabet numeric digit code git brand logo currency percent percentage math equal greater
  less chart graph bracket brackets parenthesis quote quotes paragraph heading indent outdent margin padding spacing
  crop zoom fullscreen maximize minimize expand collapse undo redo refresh reload sync rotate flip resize move drag
  drop pointer selection select deselect toggle switch slider radio input output login logout signin signout import
  export upload download save share send forward backward back next previous play pause stop skip rewind repeat
  shuffle loop more other others loading loader spinner progress status info information question exclamation alert
  warning error success help hashtag hash asterisk at ampersand infinity power settings setting cog gear config
  options preferences tune adjust view views hide show visible visibility link unlink chain attachment api app apps
  application web www html css js json xml sql php java python react vue angular npm node database server cloud
  cloudy network wifi bluetooth signal cellular sim nfc rss usb hdmi ethernet lan wan router vpn ip dns http ssl key
  keys lock unlock password account user users profile avatar contact contacts team member members group groups
  comment comments message messages chat chats bubble mail email inbox outbox draft spam reply bookmark bookmarks tag
  tags label labels category dashboard widget window windows tile tiles card cards layer layers stack union intersect
  exclude subtract vector bezier path paths nodes shape shapes color colors fill stroke opacity blur contrast
  brightness exposure hdr iso mode auto manual default data analytics statistics stats sigma function variable
  battery charging timer calendar date day week month year time hour minute schedule event today history update
  upgrade version release branch merge commit pull push fork bug debug terminal console command prompt script euro
  dollar yen pound rupee bitcoin ruble won lira peso cent franc dong kip naira baht hryvnia tenge tugrik cedi guarani
  small large medium big mini horizontal vertical diagonal symbol sign icon generic none empty full half quarter
  variant custom screen display fit content item items section component components object objects attribute element
  block inline outline solid subscript superscript bold italic underline strikethrough uppercase lowercase capital
  size width height length weight start end first last begin finish center middle side above below over under inside
  outside in out between both all any hd sd hq 4k 8k 3g 4g 5g lte kg lb cm mm am pm ok no yes not new old free sos vs
  id cool soon ng connect disconnect connection plugin extension addon process workflow flow kanban gantt board swipe
  tap touch gesture scroll hover click cursor magnify report overview detail details summary index adobe google
  microsoft facebook twitter instagram youtube amazon android ios linkedin whatsapp telegram discord slack github
  gitlab bitbucket reddit tiktok snapchat pinterest spotify dropbox figma sketch photoshop illustrator stripe paypal
  visa mastercard netflix steam xbox playstation nintendo docker kubernetes ubuntu linux debian chrome firefox safari
  opera edge flag flags beta gamma delta omega pi rule rules task tasks todo note notes memo project plan planning
  badge rank accessibility album aiming airplay airpods archive artboard assembly award backspace balance bill binary
  blind braces broadcast cast caution checks cell circles communication control copy copyleft crosshair cycle
  delivery dental devices dialpad directions dislike eject equalizer exchange experiment female male finance flare
  flash forbid gender gif gps hexagons hours image images injection inpatient inspection intercom ipad iphone lambda
  landing license lift like location memory mute navigation news notification oncology option orbit outbound
  outpatient oval pad parallelogram parentheses people performance pediatrics incoming missed outgoing pic picture
  pin point poker ppt presentation print qrcode record regex replay round route run scan scatter scoreboard search
  shadow sitemap sliders slideshow space speed spade spades clubs diamonds strategy subtitles texture tilde timeline
  tooltip topic traffic transfer transform translate vibrate video vignette vip voice voicemail volume vote wallpaper
  webhook zodiac venus mars neurology cardiology nutrition cross world sound sticker storage drink light game
  playlist pentagram certificate level levels sector sectors type types style styles preview template templates model
  models test tests trial support service services policy privacy security verified access permission restricted
  forbidden ban disabled enable disable turn turned keep pixel pixels ratio aspect frame frames browser site url seo
  bar bars`);

/** Emoji named by a pattern that are signs rather than things. */
export const signNames =
  /^flag-|^letter-|^digit-|^keycap|-button$|-symbol$|^squared-|^input-|square$|circle$|arrow|skin-tone/;

/** Further ones. */
export const signs =
  words(`aquarius aries cancer capricorn gemini leo libra pisces sagittarius scorpio taurus virgo ophiuchus plus minus divide multiply
  infinity information copyright registered trade-mark check-mark currency-exchange link om khanda male female medical-symbol zzz
  heavy-dollar-sign hundred-points star-of-david star-and-crescent menorah`);

/** Ways of drawing one thing, as sets write them behind the name. */
export const styles =
  /-(?:outline|outlined|rounded|round|sharp|fill|filled|line|bold|duotone|thin|light|linear|broken|regular|twotone|flat|duo|negative|solid|alt|alternate|two-tone|24px|\d+px|0?\d|1[15]|20|24|one|two|three|four|five|variant|mono|monochrome)$/;

/** British, old and set-specific names of one thing. */
export const synonyms: Readonly<Record<string, string>> = {
  car: 'automobile',
  plane: 'airplane',
  bike: 'bicycle',
  soccer: 'soccer-ball',
  tv: 'television',
  umbrella: 'umbrella-with-rain-drops',
  'hot-drink': 'hot-beverage',
  tshirt: 't-shirt',
  shirt: 't-shirt',
  beer: 'beer-mug',
  coffee: 'hot-beverage',
  burger: 'hamburger',
  fries: 'french-fries',
  aubergine: 'eggplant',
  corn: 'ear-of-corn',
  grape: 'grapes',
  apple: 'red-apple',
  'food-apple': 'red-apple',
  carrots: 'carrot',
  cherry: 'cherries',
  pepper: 'hot-pepper',
  chili: 'hot-pepper',
  chilli: 'hot-pepper',
  icecream: 'ice-cream',
  cake: 'birthday-cake',
  birthday: 'birthday-cake',
  wine: 'wine-glass',
  cocktail: 'cocktail-glass',
  martini: 'cocktail-glass',
  cup: 'teacup-without-handle',
  fork: 'fork-and-knife',
  train: 'locomotive',
  boat: 'sailboat',
  truck: 'delivery-truck',
  lorry: 'delivery-truck',
  pen: 'fountain-pen',
  book: 'closed-book',
  bulb: 'light-bulb',
  lightbulb: 'light-bulb',
  lamp: 'light-bulb',
  phone: 'telephone',
  smartphone: 'mobile-phone',
  mobile: 'mobile-phone',
  cellphone: 'mobile-phone',
  gift: 'wrapped-gift',
  present: 'wrapped-gift',
  medal: 'sports-medal',
  tree: 'deciduous-tree',
  'pine-tree': 'evergreen-tree',
  flame: 'fire',
  lightning: 'high-voltage',
  bolt: 'high-voltage',
  globe: 'globe-with-meridians',
  headphones: 'headphone',
  mic: 'microphone',
  piano: 'musical-keyboard',
  scissor: 'scissors',
  eyeglasses: 'glasses',
  shoe: 'mans-shoe',
  sneaker: 'running-shoe',
  bee: 'honeybee',
  sheep: 'ewe',
  home: 'house',
  rain: 'cloud-with-rain',
  snow: 'cloud-with-snow',
  moon: 'crescent-moon',
  torch: 'flashlight',
  trash: 'wastebasket',
  'trash-can': 'wastebasket',
  donut: 'doughnut',
  ladybug: 'lady-beetle',
  fridge: 'refrigerator',
  'air-balloon': 'hot-air-balloon',
  'rocket-launch': 'rocket',
  spanner: 'wrench',
  'gas-station': 'fuel-pump',
  'gas-pump': 'fuel-pump',
  motorbike: 'motorcycle',
  moped: 'motor-scooter',
  bath: 'bathtub',
};

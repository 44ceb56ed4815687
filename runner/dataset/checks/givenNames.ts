// Given names that are rarely anything else: no plants, birds, months, stones, breeds or places (rose, martin, april, ruby,
// bernard, victoria are left out), so that class names and ordinary words are not mistaken for names.
export const givenNames: ReadonlySet<string> = new Set(
  `aaron abdul adam adriana ahmed aisha alan albert alejandro alessandro alexander alexandra alfred alice alicia allison amanda
  amelia amy ana anastasia andrea andreas andrew angela anita anja anke anna anne annette annika anthony antoine antonio arthur
  astrid barbara beate ben benjamin bernd birgit bjorn brandon brenda brian bruno camille carlos carmen carol caroline
  caterina catherine cecilia chiara chloe christian christina christine christoph christopher claire claudia clemens
  cynthia daniel daniela david deborah denis dennis diana diego dieter dmitri dominik donald donna dorothea dorothy edward
  eleanor elena elisabeth elizabeth ellen emily emma eric erik ernst esther ethan eva evelyn fatima felix fernando florian
  francesca francesco francisco francois frank franziska frederik friedrich fritz gabriel gabriele gary georg george
  gerald gerhard gertrud giovanni giulia giuseppe gloria gordon greta guido gunther hanna hannah hans harald harold
  hassan heike heinrich heinz helen helena helga helmut henri henrik henry herbert hermann hildegard hiroshi horst hugo
  ibrahim igor ingrid irene isabel isabella ivan jacob jacqueline jakob james jan janet jason javier jean jeffrey jennifer
  jens jeremy jessica joachim joan joanna jochen johanna johannes john jonas jonathan jorge jose josef joseph joshua juan
  judith julia julian julie jurgen karen karin karl katharina katherine kathleen kathrin katja keith kenneth kevin klaus
  konrad kurt larissa lars laura lauren lena leon leonardo leonie linda lisa lorenzo louise luca lucas lucia luigi luis
  lukas magdalena manfred manuel marc marcel marco marcus margaret maria marianne marie mario marion marlene martha mary
  maryam mathias matteo matthew matthias maurice mehmet melanie melissa michael michel michelle miguel mohamed mohammed
  monika monique muhammad mustafa natalia natalie nicholas nicolas nicole nikolai nina norbert olaf oliver olga omar otto
  pablo pamela paola patricia patrick paul paula pauline pedro peter petra philip philipp pierre priya rachel rainer ralf
  ralph ramon raphael rebecca regina reinhard renate ricardo richard rita robert roberto roland rolf ronald rudolf
  rudiger ruth ryan sabine samantha samuel sandra sara sarah sebastian sergei sharon silke silvia simon simone sofia
  sonja sophia sophie stefan stefanie stephan stephanie stephen steven susan susanne svetlana sven tanja tatiana thomas
  theresa timothy tobias torsten ulrich ulrike ursula uwe valentina vanessa vera vincent viktor vladimir walter werner
  wilhelm william wolfgang yusuf yuki yvonne zoe`.split(/\s+/),
);

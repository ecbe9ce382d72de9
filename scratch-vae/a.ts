import { gradients } from '@reparam/autograd';
import { adam } from '@reparam/nn';
import { RandomKey, tensor } from '@reparam/tensor';
import { Vae } from '../packages/vae/src/models/vae.ts';
const D=6, lam=[4,2,1,.3,.2,.1], v=[1,2,3,4,5,6]; const vv=91;
const U=(i:number,j:number)=>(i===j?1:0)-2*v[i]!*v[j]!/vv;
const pts:number[][]=[];
for(let j=0;j<D;j++) for(const s of [1,-1]) pts.push(Array.from({length:D},(_,i)=>s*Math.sqrt(D*lam[j]!)*U(i,j)));
function evalExact(vae:Vae,q:number){
  const p=vae.namedParameters(); const g=(n:string)=>p[n]!.value.toArray() as any;
  const We=g('encoder.location.weight'),be=g('encoder.location.bias'),Wv=g('encoder.logVariance.weight'),bv=g('encoder.logVariance.bias'),W=g('decoder.location.weight'),b=g('decoder.location.bias');
  const lv=p['decoder.logVariance']? g('decoder.logVariance')[0] : Math.log((vae.settings.likelihood as any).scale**2);
  let rec=0; const kl=new Array(q).fill(0);
  for(const x of pts){ const mu=[],s2=[];
    for(let d=0;d<q;d++){let m=be[d],l=bv[d];for(let i=0;i<D;i++){m+=x[i]!*We[i][d];l+=x[i]!*Wv[i][d];}mu.push(m);s2.push(Math.exp(l));}
    let r=0; for(let i=0;i<D;i++){let y=b[i];for(let d=0;d<q;d++)y+=mu[d]!*W[d][i]; r+=(x[i]!-y)**2; for(let d=0;d<q;d++) r+=s2[d]!*W[d][i]**2;}
    rec+= -.5*(D*Math.log(2*Math.PI)+D*lv+r/Math.exp(lv))/12;
    for(let d=0;d<q;d++) kl[d]+=.5*(s2[d]!+mu[d]!**2-1-Math.log(s2[d]!))/12;
  }
  return {nelbo:-(rec-kl.reduce((a:number,c:number)=>a+c,0)),rec,kl,s2:Math.exp(lv)};
}
function run(q:number,scale:number|'learned',steps:number,reps:number,lr:number,opts:any={}){
  const vae=new Vae({features:D,latent:q,hidden:[],activation:'tanh',prior:{kind:'normal'},flow:{kind:'none'},likelihood:{kind:'gaussian',scale},dtype:'float64'},RandomKey.fromSeed(opts.seed??1));
  const x=tensor(Array.from({length:12*reps},(_,i)=>pts[i%12]!),{dtype:'float64'});
  const params=vae.namedParameters(); const list=Object.values(params);
  const opt=adam(params,{learningRate:lr}); const key=RandomKey.fromSeed(7);
  const t=performance.now();
  for(let s=0;s<steps;s++){
    opt.learningRate=lr*(0.5*(1+Math.cos(Math.PI*s/steps)))+1e-6;
    const terms=vae.elbo(x,key.foldIn(s),opts);
    opt.step(gradients(terms.loss,list).map(g=>g.value));
    if(s%Math.floor(steps/8)===0) console.log(s,evalExact(vae,q).nelbo.toFixed(5));
  }
  const e=evalExact(vae,q);
  console.log(q,scale,'nelbo',e.nelbo.toFixed(6),'rec',e.rec.toFixed(5),'kl',e.kl.map((k:number)=>k.toFixed(4)),'s2',e.s2.toFixed(4),((performance.now()-t)/1000).toFixed(1)+'s');
}
const [q,sc,steps,reps,lr,beta,fb]=process.argv.slice(2);
run(+q!,sc==='learned'?'learned':Math.sqrt(+sc!),+steps!,+reps!,+lr!,{...(beta&&{klWeight:+beta}),...(fb&&{freeBits:+fb})});

/* script_table.c - what each type of scam has of its own to ask and to say; see script.h.
 *
 * Questions are about what was done to the person, never about sums, accounts or codes. A yes speaks for the script's type, or for the type that is named behind it: look-alikes differ in one
 * answer. Words are those of every day, and no line blames. No digits but 110 and 96110: a number that is read out is a number that is dialled. */
#include "desk/script_int.h"

const struct script script_of_scam[DESK_SCAMS] = {
	[SCRIPT_UNKNOWN] = { {
		[SCRIPT_ASK] = {
			{ "有没有人让您做任务、点赞、垫钱，先给过您一点小钱？",
			  "Did somebody give you tasks, likes or orders to pay for, and a little money back at first?", SCAM_TASKS },
			{ "有没有网友、老师带您投资，或者让您取现金、买黄金交给别人？",
			  "Does a friend online or a teacher lead you to invest, or to hand over cash or gold?", SCAM_INVESTMENT },
			{ "有没有人自称公安、检察院、法院，说您涉案，不许告诉家人？",
			  "Did somebody say they are police or a court, that you are in a case and must tell nobody?", SCAM_POLICE },
			{ "有没有客服打来，说退款、关会员、关保障，要您共享屏幕？",
			  "Did a customer service call about a refund or a plan to be closed, and want your screen shared?",
			  SCAM_CUSTOMER_SERVICE },
			{ "有没有人说能贷款，但要先交钱、先刷流水？",
			  "Did somebody promise a loan for which you must pay something first?", SCAM_LOAN },
		},
		[SCRIPT_SPELL] = {
			{ "骗局千变万化，最后都是一步：让您自己把钱转到陌生账户，或者把验证码、屏幕交出去。",
			  "Scams have many faces and one end: you send your own money to a stranger, or give away a code or your screen." },
		},
		[SCRIPT_NOW] = {
			{ "说不清是哪一种也没关系，把对方让您做的事从头讲给家人或民警听，先别照做。",
			  "You needn't know which scam it is. Tell your family or the police what you were asked to do, and don't do it." },
		},
	} },
	[SCAM_TASKS] = { {
		[SCRIPT_ASK] = {
			{ "是不是先让您关注、点赞，很快给了几块、几十块？",
			  "Were you paid a few yuan quickly at first, for follows or likes?" },
			{ "是不是拉您进群，换了个没听过的软件派单？",
			  "Were you taken into a group, and then to an app that you had never heard of?" },
			{ "是不是要您先垫钱，每次的收款人都不一样？", "Must you pay ahead, to another payee each time?" },
			{ "是不是说要连做几单，或者操作失误要补单，才能提现？",
			  "Do they say that you must finish a row of orders, or make up for a mistake, before you get your money?" },
			{ "是不是改口让您在里面投资、押大小？",
			  "Do they now want you to invest or bet in it?", SCAM_INVESTMENT },
		},
		[SCRIPT_SPELL] = {
			{ "小钱是饵。一开始让您提得出来，就是为了后面大钱提不出来。连单、补单永远补不完。",
			  "The small money is bait. You could take it out only so that the large one stays in. There's always one more order." },
			{ "凡是要先垫钱的刷单，都是诈骗。群里晒收益的，多半是一伙的。",
			  "Every paid task that wants your money first is a scam. Those who show their profits in the group belong to it." },
		},
		[SCRIPT_NOW] = {
			{ "一单都别再补。先把群和任务页面截图，再不理他们。",
			  "Not one more order. Take pictures of the group and the tasks, then stop answering." },
		},
		[SCRIPT_PAID] = {
			{ "收款人换过几个，就把每一笔都报上，一笔也别漏。", "If there were several payees, report every payment." },
		},
		[SCRIPT_REFUSES] = {
			{ "您现在就试着把本金全提出来。要您再交钱才能提，就是骗局。",
			  "Try to take out all you have put in. If they ask for more first, it is a scam." },
		},
	} },
	[SCAM_CUSTOMER_SERVICE] = { {
		[SCRIPT_ASK] = {
			{ "是不是自称电商、快递、航空的客服，说要退款、理赔、改签？",
			  "Did they say they are of a shop, courier or airline, about a refund, damages or a changed flight?" },
			{ "是不是说您开了会员、直播、保障，不关就每月扣钱？",
			  "Do they say that some plan of yours will cost money every month unless it is closed?" },
			{ "是不是让您下载会议软件，或者共享屏幕？", "Did they have you install a meeting app or share your screen?" },
			{ "是不是让您把钱转去验证，或者借一笔钱退回去？",
			  "Must you transfer money to prove something, or borrow some and send it back?" },
			{ "是不是说不办会影响您的征信？", "Do they say that your credit record will suffer?", SCAM_CREDIT_RECORD },
		},
		[SCRIPT_SPELL] = {
			{ "真退款原路退回，不用您付一分钱，不用共享屏幕，更不用贷款。",
			  "A true refund goes back the way it came. You pay nothing, share no screen and take no loan for it." },
			{ "知道您的订单和姓名，不等于是客服，那是泄露的信息。",
			  "That they know your order and name doesn't make them the shop. It was leaked." },
		},
		[SCRIPT_NOW] = {
			{ "挂断，自己打开平台或航空公司的官方软件，找里面的客服问一遍。",
			  "Hang up. Open the official app of the shop or airline yourself and ask the service there." },
			{ "看过您屏幕的人，可能记下了密码。换一台设备改密码。",
			  "Who saw your screen may have your password. Change it from another device." },
		},
	} },
	[SCAM_INVESTMENT] = { {
		[SCRIPT_ASK] = {
			{ "带您投资的人，是不是在网上认识、没见过面的？", "Is who leads you somebody from the internet whom you never met?" },
			{ "软件是不是对方发的链接、二维码装的，应用商店里没有？",
			  "Did the app come by a link or code from them, and is it in no app store?" },
			{ "充值是不是转给个人，或者几家不相干的公司？",
			  "Do your deposits go to private people, or to companies that have nothing to do with it?" },
			{ "提现时，是不是要先交税、保证金、解冻费？", "Must you pay a tax, a deposit or a fee before you can take money out?" },
			{ "有没有让您取现金、买黄金，寄走或者交给来人？",
			  "Were you told to draw cash or buy gold, and to mail it or hand it to somebody?" },
		},
		[SCRIPT_SPELL] = {
			{ "软件里的数字是他们在后台改的。赚多少都是画出来的，您的钱当天就转走了。",
			  "They write the figures in that app themselves. The gains are painted; your money is gone the same day." },
			{ "稳赚不赔、内幕消息、老师带单，没有一个是真的。正规机构不上门收现金、收黄金。",
			  "Sure gains, inside tips and teachers don't exist. No lawful house sends somebody for your cash or gold." },
		},
		[SCRIPT_NOW] = {
			{ "不再充值，也别交任何提现的费用。约了人来取现金、黄金的，不见面，马上报110。",
			  "No more deposits, and no fee to get money out. If somebody is to come for cash or gold, don't meet, call 110." },
		},
		[SCRIPT_PAID] = {
			{ "交出去的是现金、黄金，把来人的样子、车辆、快递单号告诉民警。",
			  "If it was cash or gold, tell the police how the person looked, the car, or the number of the parcel." },
		},
		[SCRIPT_REFUSES] = {
			{ "您别告诉对方，先申请全部提现。要交钱才给提，就说明钱已经不在里面了。",
			  "Without telling them, ask for all of your money. If they want a fee first, it is not there any more." },
		},
	} },
	[SCAM_LOAN] = { {
		[SCRIPT_ASK] = {
			{ "是不是短信、电话、广告找上您，说不看征信就放款？",
			  "Did a message, a call or an advertisement offer you a loan without any check?" },
			{ "钱还没到手，是不是先要会员费、保证金、解冻费？", "Must you pay a fee or a deposit before you have the loan?" },
			{ "是不是说您卡号填错了，账户冻结，要转钱解冻？",
			  "Do they say that your card number was wrong and the loan is frozen until you pay?" },
			{ "是不是让您转来转去刷流水，或者把卡寄给他们？",
			  "Must you move money to and fro to look solvent, or send them your card?" },
		},
		[SCRIPT_SPELL] = {
			{ "正规贷款，放款之前一分钱不收。先交钱的贷款，交多少次都放不下来。",
			  "No lawful lender takes money before the loan. Who pays first pays again and never sees it." },
			{ "软件里那个额度和那张冻结通知，都是他们做的图。", "The sum in the app and the notice of freezing are pictures they made." },
		},
		[SCRIPT_NOW] = {
			{ "不交费，不刷流水。银行卡、手机卡不要寄给别人，也不要帮别人转钱。",
			  "Pay no fee and move no money. Send your bank card or SIM card to nobody, and pass on nobody's money." },
			{ "真要用钱，到银行网点当面问。", "If you need money, ask at the counter of a bank." },
		},
	} },
	[SCAM_CREDIT_RECORD] = { {
		[SCRIPT_ASK] = {
			{ "是不是说您的贷款账户、学生账户要注销，利息要调整？",
			  "Do they say that a loan or student account of yours must be closed, or its interest changed?" },
			{ "是不是自称监管部门或金融平台，说不处理就影响征信？",
			  "Do they say they are a supervisor or a lender, and that your credit record will suffer?" },
			{ "是不是让您在几家平台把额度借出来，转去清零？",
			  "Must you borrow all that several lenders allow and transfer it, to set it to zero?" },
			{ "是不是一直开着会议、看着您的屏幕？", "Is a meeting open all the time in which they see your screen?" },
		},
		[SCRIPT_SPELL] = {
			{ "征信记录谁也不能靠转账改掉。清零、注销、对公验证，全是让您借钱给骗子。",
			  "Nobody can change a credit record by a transfer. Setting to zero means that you borrow for a swindler." },
			{ "监管部门不会打电话让您贷款，也没有用来验证的账户。",
			  "No supervisor calls you to take loans, and there's no account for verification." },
		},
		[SCRIPT_NOW] = {
			{ "马上退出会议，别再点借款。已借到还没转的，留在卡里，联系放款平台说明是被骗借的。",
			  "Leave the meeting and borrow no more. Keep what was paid out, and tell the lender that it was a scam." },
			{ "想看征信，自己到银行网点或人民银行的正式渠道查。",
			  "To see your record, ask a bank's counter or the official service of the central bank." },
		},
		[SCRIPT_PAID] = {
			{ "告诉民警借了哪几家、转了哪几笔；各家平台都要打电话说明。",
			  "Tell the police which lenders and which payments, and call each of the lenders." },
		},
	} },
	[SCAM_SHOPPING] = { {
		[SCRIPT_ASK] = {
			{ "是不是比别处便宜很多，或者别处买不到？", "Is it much cheaper than elsewhere, or to be had nowhere else?" },
			{ "是不是让您离开平台，加微信私下转账、扫码付款？", "Did they lead you off the platform, to pay in private?" },
			{ "付款以后，是不是又要运费、押金、税费？", "After you paid, did they ask for carriage, a deposit or tax?" },
			{ "是不是付了钱一直不发货、不上门，或者把您拉黑了？",
			  "Did nothing come after you paid, or did they block you?" },
			{ "买的是不是游戏账号、装备？", "Is it a game account or item?", SCAM_GAME },
		},
		[SCRIPT_SPELL] = {
			{ "离开平台付款，就没有担保了。先付钱、再加钱、最后拉黑，就是这个套路。",
			  "Off the platform nothing is guaranteed. Pay first, pay more, then be blocked: that's how it goes." },
		},
		[SCRIPT_NOW] = {
			{ "后面的费用一律不交。要买就回平台，在平台里付款、找平台客服。",
			  "Pay none of what they ask for next. Buy on the platform, pay there, and ask its service." },
			{ "对方的主页、商品页、聊天都截图。", "Take pictures of their page, the goods and the chat." },
		},
	} },
	[SCAM_POLICE] = { {
		[SCRIPT_ASK] = {
			{ "是不是说您涉嫌洗钱、卡被冒用，把电话转给办案人员？",
			  "Do they say that you laundered money or your card was misused, and put you through to an officer?" },
			{ "是不是给您看通缉令、逮捕证，或者在视频里穿警服？",
			  "Did they show you a warrant, or a uniform on the screen?" },
			{ "是不是不许您告诉家人，让您一个人到安静的房间、宾馆？",
			  "Must you tell nobody, and be alone in a quiet room or hotel?" },
			{ "是不是要您把钱转到安全账户，或者集中到一张卡里核查？",
			  "Must you move your money to a safe account, or all onto one card to be checked?" },
			{ "是不是让您办新卡，设置呼叫转移，或者装他们给的软件？",
			  "Were you told to get a new card, forward your calls, or install an app of theirs?" },
		},
		[SCRIPT_SPELL] = {
			{ "公安、检察院、法院不在电话和网上办案，不用视频做笔录，也没有安全账户。",
			  "Police and courts handle no case by phone or chat, and there's no such thing as a safe account." },
			{ "逮捕证、通缉令不会在网上发给本人。不许告诉家人的，就是骗子：他怕您家人一句话点醒您。",
			  "No warrant is sent to you online. Who forbids you to tell your family fears that they would see through it." },
		},
		[SCRIPT_NOW] = {
			{ "把他那个电话挂了，到有人的地方去，马上告诉家人。",
			  "Hang up on them, go where people are, and tell your family." },
			{ "手机可能被装了软件、改了转接。用别人的手机打110，或者直接走进派出所。",
			  "Your phone may be bugged or forwarded. Dial 110 from another one, or walk into a police station." },
		},
		[SCRIPT_REFUSES] = {
			{ "您怕我也是假的，这就对了。我不要您做任何事，您到派出所，当面问穿警服的人。",
			  "You fear that I am false too, and rightly. I want nothing. Walk into a station and ask an officer there." },
		},
		[SCRIPT_BUSY] = {
			{ "这类骗子常让人几小时不挂电话。打不通就按最急处理：找家人、宾馆前台、派出所当面找到人。",
			  "These keep people on the line for hours. Treat it as most urgent: family, hotel desk or station must find them." },
		},
		[SCRIPT_OTHERS] = {
			{ "他如果躲着接电话、说要保密、去了宾馆，请马上当面找到他，别只发消息。",
			  "If they hide with the phone, speak of secrecy or went to a hotel, find them in person. A message won't do." },
		},
	} },
	[SCAM_ACQUAINTANCE] = { {
		[SCRIPT_ASK] = {
			{ "是不是领导、老板、亲友用新号加您，或者拉您进了新群？",
			  "Did a boss, friend or relative write from a new account, or put you into a new group?" },
			{ "是不是说不方便接电话，急着让您转钱？", "Do they say they can't talk now, and that the transfer is urgent?" },
			{ "是不是说钱先转给您了，让您替他转给别人，可您没收到？",
			  "Do they say they sent you money to pass on, though none has come?" },
			{ "是不是还没打过他原来的号码，也没当面问过？", "Have you not yet called their old number, or asked them in person?" },
		},
		[SCRIPT_SPELL] = {
			{ "头像、名字、声音、视频里的脸，都能伪造。换了号来要钱的，先当成假的。",
			  "Picture, name, voice and even the face in a video can be forged. Who asks for money from a new account is false "
			  "until proved." },
		},
		[SCRIPT_NOW] = {
			{ "打他原来的电话，或者走到他面前问。没核实，一分钱也别转。",
			  "Call the old number or walk over and ask. Until then, not one fen." },
			{ "公款要按制度走：两个人核对，再急也不省这一步。",
			  "Company money goes by the rules: two people check, however urgent it is." },
		},
		[SCRIPT_PAID] = {
			{ "如果是单位的钱，马上告诉真的负责人和开户银行，带上对公回单报警。",
			  "If it is company money, tell the true boss and the company's bank, and bring the receipt to the police." },
		},
		[SCRIPT_REFUSES] = {
			{ "您现在就给他原来的号码打个电话，我等您。", "Call the old number now. I'll wait." },
		},
	} },
	[SCAM_GAME] = { {
		[SCRIPT_ASK] = {
			{ "是不是买卖游戏账号、装备、皮肤，或者说免费送？",
			  "Is it about buying, selling or getting for free a game account or item?" },
			{ "是不是让您去一个没听过的交易网站、扫码进群？", "Did they send you to an unknown trading site or group?" },
			{ "是不是说账户冻结，要交保证金、解冻费才能取钱？", "Do they say that your money is frozen until you pay a deposit?" },
			{ "是不是说孩子违规了，要用家长的手机验证、扫码？",
			  "Do they say that a child broke a rule and must verify with a parent's phone?" },
		},
		[SCRIPT_SPELL] = {
			{ "冻结是假的，交一次还有下一次。没有哪家游戏会要家长的手机和付款码。",
			  "Nothing is frozen; each fee is followed by another. No game wants a parent's phone or payment code." },
		},
		[SCRIPT_NOW] = {
			{ "保证金别交。买卖只在游戏官方的交易渠道里做。", "Pay no deposit. Trade only by the game's own market." },
			{ "如果是小朋友接电话：别怕，没有犯法，马上把手机交给爸爸妈妈。",
			  "If you are a child: don't be afraid, you broke no law. Give the phone to your parents now." },
		},
		[SCRIPT_OTHERS] = {
			{ "您是家长的话，请别打骂孩子，先看看手机上的付款和免密支付，关掉。",
			  "If you are a parent, don't scold. Look at the payments on the phone, and switch off paying without a password." },
		},
	} },
	[SCAM_DATING] = { {
		[SCRIPT_ASK] = {
			{ "你们是不是网上认识的，到现在没见过面？", "Did you meet online, and never in person?" },
			{ "说好见面，是不是总有事耽误，还要您出钱？", "Does something always come before a meeting, and you must pay for it?" },
			{ "对方是不是生病、出事、缺路费，向您借钱、要礼物？",
			  "Are they ill, in trouble or short of the fare, and ask you for money or gifts?" },
			{ "有没有说寄了贵重东西，要您先付清关费、运费？", "Did they send something precious, for which you must pay customs first?" },
			{ "有没有带您投资、做任务赚钱？", "Do they lead you to invest or to earn by tasks?", SCAM_INVESTMENT },
		},
		[SCRIPT_SPELL] = {
			{ "照片、经历都是准备好的，同一套话同时说给很多人听。没见面就要钱的，不是来谈感情的。",
			  "Pictures and life story are made up, and told to many at once. Who asks for money before meeting is not in love." },
		},
		[SCRIPT_NOW] = {
			{ "先不给钱，请对方马上视频、当面见。推三阻四的，就不用再联系了。",
			  "Give no money now and ask to meet in person. If there's always an excuse, stop answering." },
		},
		[SCRIPT_PAID] = {
			{ "付出感情不丢人，错的是骗子。礼物、红包、转账，都可以一起报。",
			  "To have cared is no shame; the wrong is theirs. Gifts, red packets and transfers can all be reported." },
		},
		[SCRIPT_REFUSES] = {
			{ "我不是不信您的感情。请让一位信得过的家人朋友，看看你们的聊天再决定。",
			  "I don't doubt your feelings. Let one relative or friend whom you trust read the chat before you decide." },
		},
	} },
	[SCAM_CYBER_CRIME] = { {
		[SCRIPT_ASK] = {
			{ "是不是点过短信、邮件、二维码里的链接，填了卡号和验证码？",
			  "Did you open a link in a message, mail or code, and fill in a card number and a code?" },
			{ "是不是装过别人发来的软件，之后手机发烫、黑屏、自己动？",
			  "Did you install an app that somebody sent, and did the phone then go dark, hot or move by itself?" },
			{ "是不是有您没做过的扣款、借款、登录提醒？", "Are there payments, loans or logins that were not yours?" },
			{ "是不是突然没信号，或者收到一堆验证码？", "Did you lose the network suddenly, or get many codes?" },
			{ "是不是朋友说您的账号在向他们借钱？", "Do friends say that your account asks them for money?" },
		},
		[SCRIPT_SPELL] = {
			{ "那个链接、那个软件，是来偷您的密码和验证码的。钱不用您点头，就能被转走。",
			  "That link or app steals your passwords and codes. Money can go without your consent." },
		},
		[SCRIPT_NOW] = {
			{ "手机马上断网。用别的手机打给银行，冻结卡和支付账户。",
			  "Take the phone offline. From another one, have the bank block your cards and payment accounts." },
			{ "换一台干净的设备改密码，告诉亲友别信您账号借钱。手机先别恢复出厂，交民警看。",
			  "Change passwords on a clean device and warn your friends. Don't reset the phone; show it to the police." },
		},
		[SCRIPT_BUSY] = {
			{ "本机可能被人控制或拦截，短信未必看得到。改打家里或单位的电话。",
			  "Their phone may be controlled, and messages unseen. Try the number of their home or work." },
		},
	} },
	[SCAM_MILITARY] = { {
		[SCRIPT_ASK] = {
			{ "是不是有自称部队、武警、消防、学校、监狱的人，向您店里订货？",
			  "Did somebody of the army, police, fire brigade, a school or a prison order from your shop?" },
			{ "是不是又让您代买别的东西，介绍一个指定的供货商？",
			  "Must you also buy something else for them, from a supplier that they name?" },
			{ "是不是要您先垫货款、交定金，说回头一起结？", "Must you advance the price or a deposit, to be settled later?" },
			{ "是不是只发来采购函、证件照、转账截图，人和钱都没到？",
			  "Did you get only papers and pictures of cards or payments, but no person and no money?" },
		},
		[SCRIPT_SPELL] = {
			{ "部队和机关买东西走正规程序，不会让小店替它垫钱买别的货。供货商和下单的是一伙的。",
			  "The army and offices buy by the rules. They never have a shop pay for other goods. Buyer and supplier are one gang." },
			{ "证件、公函、转账截图都能伪造。钱没到您账上，就是没到。",
			  "Cards, letters and pictures of payments can be forged. What isn't on your account hasn't been paid." },
		},
		[SCRIPT_NOW] = {
			{ "别垫钱。货款到账再发货，亲自到那个单位门口核实，不打对方给的电话。",
			  "Advance nothing. Deliver when you are paid. Go to that office and ask; don't use a number they gave you." },
			{ "给附近的同行提个醒，他常常一条街一条街地打。", "Warn the shops near you: they call street by street." },
		},
	} },
	[SCAM_OTHER] = { {
		[SCRIPT_ASK] = {
			{ "对方是不是催得很急，不许您挂电话、不许跟别人说？", "Do they rush you, and forbid you to hang up or tell anybody?" },
			{ "是不是要您转钱、借钱、取现，或者要验证码、看屏幕？",
			  "Do they want a transfer, a loan, cash, a code, or to see your screen?" },
			{ "是不是用照片、视频、隐私威胁您给钱？", "Do they threaten you with pictures, videos or secrets?" },
			{ "收钱的人，是不是您不认识的？", "Is the payee somebody you don't know?" },
		},
		[SCRIPT_SPELL] = {
			{ "不管什么理由，催您转钱、又怕您跟别人商量的，就是骗局。",
			  "Whatever the reason: who rushes you to pay and fears that you ask somebody is a swindler." },
			{ "拿隐私威胁您的，给一次就会要第二次。错的是他，不是您。",
			  "Who threatens you with your secrets will ask again once paid. The wrong is theirs, not yours." },
		},
		[SCRIPT_NOW] = {
			{ "不付钱，不再聊，保存好威胁的话和对方账号，到派出所说明。民警会替您保密。",
			  "Pay nothing, answer no more, keep the threats and their account, and tell the police. It stays private." },
		},
	} },
};

BEGIN TRANSACTION;
CREATE TABLE asked (
    request INTEGER NOT NULL REFERENCES request(id),
    run INTEGER NOT NULL REFERENCES run(id),
    position INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (request, run)
);
INSERT INTO "asked" VALUES(1,1,0,'');
INSERT INTO "asked" VALUES(2,2,0,'');
INSERT INTO "asked" VALUES(3,3,0,'');
CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    steady REAL NOT NULL,
    wall REAL NOT NULL,
    monotonic REAL NOT NULL
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run(id),
    vios TEXT NOT NULL,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    tag TEXT NOT NULL,
    data TEXT NOT NULL,
    message TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "event" VALUES(1,1,'vios3',1.79541570595299172403e+09,'starting','vios/vios3-vios4/starting','{"vios": "vios3", "phase": "ready", "percent": null, "status": null, "message": "vios3: migration starts from ioslevel 3.1.2.21 to 3.1.4.31", "elapsed": 0, "run": 1, "at": 1795415705.9529917}','vios3: migration starts from ioslevel 3.1.2.21 to 3.1.4.31',0);
INSERT INTO "event" VALUES(2,1,'vios3',1.79541570632376551626e+09,'initiated','vios/vios3-vios4/initiated','{"vios": "vios3", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: migration successfully initiated (nim returned 0)", "elapsed": 0, "run": 1, "at": 1795415706.3237655}','vios3: migration successfully initiated (nim returned 0)',0);
INSERT INTO "event" VALUES(3,1,'vios3',1.79541570634793472291e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios3", "phase": "enabled", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: enabled", "elapsed": 0, "run": 1, "at": 1795415706.3479347}','vios3: enabled',0);
INSERT INTO "event" VALUES(4,1,'vios3',1.79541570634793472291e+09,'began','vios/vios3-vios4/began','{"vios": "vios3", "phase": "enabled", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: NIM shows that the operation began (Cstate ''BOS installation has been enabled'')", "elapsed": 0, "run": 1, "at": 1795415706.3479347}','vios3: NIM shows that the operation began (Cstate ''BOS installation has been enabled'')',0);
INSERT INTO "event" VALUES(5,1,'vios3',1.79541570668144607548e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios3", "phase": "installing", "percent": 60, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: installing (BOS install 60% complete : Installing additional software.)", "elapsed": 0, "run": 1, "at": 1795415706.681446}','vios3: installing (BOS install 60% complete : Installing additional software.)',0);
INSERT INTO "event" VALUES(6,1,'vios3',1.79541570691936373709e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios3", "phase": "customizing", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: customizing (Restoring the virtual configuration.)", "elapsed": 0, "run": 1, "at": 1795415706.9193637}','vios3: customizing (Restoring the virtual configuration.)',0);
INSERT INTO "event" VALUES(7,1,'vios3',1.79541570717487692829e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios3", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: ready", "elapsed": 1, "run": 1, "at": 1795415707.174877}','vios3: ready',0);
INSERT INTO "event" VALUES(8,1,'vios3',1.79541570717487692829e+09,'verifying','vios/vios3-vios4/verifying','{"vios": "vios3", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios3: NIM says ready and success; the VIOS is asked for its level", "elapsed": 1, "run": 1, "at": 1795415707.174877}','vios3: NIM says ready and success; the VIOS is asked for its level',0);
INSERT INTO "event" VALUES(9,1,'vios3',1.79541570751688981059e+09,'migrated','vios/vios3-vios4/migrated','{"vios": "vios3", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR1", "message": "vios3: successfully migrated, it answers with ioslevel 3.1.4.31", "elapsed": 1, "run": 1, "at": 1795415707.5168898}','vios3: successfully migrated, it answers with ioslevel 3.1.4.31',0);
INSERT INTO "event" VALUES(10,1,'vios4',1.79541571052858519555e+09,'starting','vios/vios3-vios4/starting','{"vios": "vios4", "phase": "ready", "percent": null, "status": null, "message": "vios4: migration starts from ioslevel 3.1.2.21 to 3.1.4.31", "elapsed": 0, "run": 1, "at": 1795415710.5285852}','vios4: migration starts from ioslevel 3.1.2.21 to 3.1.4.31',0);
INSERT INTO "event" VALUES(11,1,'vios4',1.79541571083167242998e+09,'initiated','vios/vios3-vios4/initiated','{"vios": "vios4", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: migration successfully initiated (nim returned 0)", "elapsed": 0, "run": 1, "at": 1795415710.8316724}','vios4: migration successfully initiated (nim returned 0)',0);
INSERT INTO "event" VALUES(12,1,'vios4',1.7954157109417786598e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios4", "phase": "installing", "percent": 5, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: installing (BOS install 5% complete : Installing additional software.)", "elapsed": 0, "run": 1, "at": 1795415710.9417787}','vios4: installing (BOS install 5% complete : Installing additional software.)',0);
INSERT INTO "event" VALUES(13,1,'vios4',1.7954157109417786598e+09,'began','vios/vios3-vios4/began','{"vios": "vios4", "phase": "installing", "percent": 5, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: NIM shows that the operation began (Cstate ''Base Operating System installation is being performed'')", "elapsed": 0, "run": 1, "at": 1795415710.9417787}','vios4: NIM shows that the operation began (Cstate ''Base Operating System installation is being performed'')',0);
INSERT INTO "event" VALUES(14,1,'vios4',1.79541571116554880141e+09,'percent','vios/vios3-vios4/percent','{"vios": "vios4", "phase": "installing", "percent": 50, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: installing (BOS install 50% complete : Installing additional software.)", "elapsed": 0, "run": 1, "at": 1795415711.1655488}','vios4: installing (BOS install 50% complete : Installing additional software.)',0);
INSERT INTO "event" VALUES(15,1,'vios4',1.79541571132972741127e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios4", "phase": "customizing", "percent": null, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: customizing (Restoring the virtual configuration.)", "elapsed": 0, "run": 1, "at": 1795415711.3297274}','vios4: customizing (Restoring the virtual configuration.)',0);
INSERT INTO "event" VALUES(16,1,'vios4',1.79541571148739790911e+09,'phase','vios/vios3-vios4/phase','{"vios": "vios4", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: ready", "elapsed": 0, "run": 1, "at": 1795415711.487398}','vios4: ready',0);
INSERT INTO "event" VALUES(17,1,'vios4',1.79541571148739790911e+09,'verifying','vios/vios3-vios4/verifying','{"vios": "vios4", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR2-INIT", "message": "vios4: NIM says ready and success; the VIOS is asked for its level", "elapsed": 0, "run": 1, "at": 1795415711.487398}','vios4: NIM says ready and success; the VIOS is asked for its level',0);
INSERT INTO "event" VALUES(18,1,'vios4',1.7954157117001190185e+09,'migrated','vios/vios3-vios4/migrated','{"vios": "vios4", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR2", "message": "vios4: successfully migrated, it answers with ioslevel 3.1.4.31", "elapsed": 1, "run": 1, "at": 1795415711.700119}','vios4: successfully migrated, it answers with ioslevel 3.1.4.31',0);
INSERT INTO "event" VALUES(19,2,'vios5',1.79541571528290605543e+09,'starting','vios/vios5/starting','{"vios": "vios5", "phase": "ready", "percent": null, "status": null, "message": "vios5: migration starts from ioslevel 3.1.2.21 to 3.1.4.31", "elapsed": 0, "run": 2, "at": 1795415715.282906}','vios5: migration starts from ioslevel 3.1.2.21 to 3.1.4.31',0);
INSERT INTO "event" VALUES(20,2,'vios5',1.79541571594001150131e+09,'failed','vios/vios5/failed','{"vios": "vios5", "phase": "ready", "percent": null, "status": "FAILURE-UPGR1-INIT", "message": "vios5: nim returned 1 and NIM shows no operation; see its stderr", "elapsed": 0, "run": 2, "at": 1795415715.9400115}','vios5: nim returned 1 and NIM shows no operation; see its stderr',0);
INSERT INTO "event" VALUES(21,3,'vios1',1.79541572003646492964e+09,'starting','vios/vios1-vios2/starting','{"vios": "vios1", "phase": "ready", "percent": null, "status": null, "message": "vios1: migration starts from ioslevel 3.1.2.21 to 3.1.4.31", "elapsed": 0, "run": 3, "at": 1795415720.036465}','vios1: migration starts from ioslevel 3.1.2.21 to 3.1.4.31',0);
INSERT INTO "event" VALUES(22,3,'vios1',1.79541572038160061833e+09,'initiated','vios/vios1-vios2/initiated','{"vios": "vios1", "phase": "ready", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios1: migration successfully initiated (nim returned 0)", "elapsed": 0, "run": 3, "at": 1795415720.3816006}','vios1: migration successfully initiated (nim returned 0)',0);
INSERT INTO "event" VALUES(23,3,'vios1',1.79541572040354657172e+09,'phase','vios/vios1-vios2/phase','{"vios": "vios1", "phase": "enabled", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios1: enabled", "elapsed": 0, "run": 3, "at": 1795415720.4035466}','vios1: enabled',0);
INSERT INTO "event" VALUES(24,3,'vios1',1.79541572040354657172e+09,'began','vios/vios1-vios2/began','{"vios": "vios1", "phase": "enabled", "percent": null, "status": "SUCCESS-UPGR1-INIT", "message": "vios1: NIM shows that the operation began (Cstate ''BOS installation has been enabled'')", "elapsed": 0, "run": 3, "at": 1795415720.4035466}','vios1: NIM shows that the operation began (Cstate ''BOS installation has been enabled'')',0);
INSERT INTO "event" VALUES(25,3,'vios1',1.79541572065616178511e+09,'phase','vios/vios1-vios2/phase','{"vios": "vios1", "phase": "installing", "percent": 0, "status": "SUCCESS-UPGR1-INIT", "message": "vios1: installing (BOS install 0% complete : Installing additional software.)", "elapsed": 0, "run": 3, "at": 1795415720.6561618}','vios1: installing (BOS install 0% complete : Installing additional software.)',0);
CREATE TABLE hold (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since REAL NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL
);
CREATE TABLE migration (
    run INTEGER NOT NULL REFERENCES run(id),
    n INTEGER NOT NULL,
    vios TEXT NOT NULL,
    core TEXT NOT NULL,
    status TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    argv TEXT,
    command_out INTEGER NOT NULL DEFAULT 0,
    rc INTEGER,
    stdout TEXT,
    stderr TEXT,
    started REAL,
    finished REAL,
    level_old TEXT,
    level_new TEXT, took REAL,
    PRIMARY KEY (run, n)
);
INSERT INTO "migration" VALUES(1,1,'vios3','{"vios": "vios3", "n": 1, "state": "done", "status": "SUCCESS-UPGR1", "wanted": "3.1.4.31", "level_old": "3.1.2.21", "level_new": "3.1.4.31", "baseline": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "currently running", "result": null, "info": null, "err_info": null, "ready": true, "outcome": null, "running": true, "phase": "ready", "percent": null}, "view": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "customization is being performed", "result": "success", "info": null, "err_info": null, "ready": true, "outcome": "success", "running": true, "phase": "ready", "percent": null}, "begun": true, "seen_busy": true, "same_views": 2, "old_answers": 0, "command": {"state": "returned", "rc": 0, "pid": 17086}, "views_since_return": 5, "unanswered": "", "started": 1795415705.9526365, "changed": 1795415707.5166557}','SUCCESS-UPGR1',1,'["nim", "-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "ios_backup=vios3_iosb", "-a", "spot=vios_31431_spot", "-a", "bosinst_data=unattended", "-a", "mk_image=no", "-a", "boot_client=yes", "-a", "set_bootlist=yes", "-a", "skipcluster=no", "-a", "debug=no", "vios3"]',0,0,'migvios of vios3 has begun
','',1.79541570595299172403e+09,1.79541570751688981059e+09,'3.1.2.21','3.1.4.31',1.5638980865478515625e+00);
INSERT INTO "migration" VALUES(1,2,'vios4','{"vios": "vios4", "n": 2, "state": "done", "status": "SUCCESS-UPGR2", "wanted": "3.1.4.31", "level_old": "3.1.2.21", "level_new": "3.1.4.31", "baseline": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "currently running", "result": null, "info": null, "err_info": null, "ready": true, "outcome": null, "running": true, "phase": "ready", "percent": null}, "view": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "customization is being performed", "result": "success", "info": null, "err_info": null, "ready": true, "outcome": "success", "running": true, "phase": "ready", "percent": null}, "begun": true, "seen_busy": true, "same_views": 2, "old_answers": 0, "command": {"state": "returned", "rc": 0, "pid": 17262}, "views_since_return": 5, "unanswered": "", "started": 1795415710.5284152, "changed": 1795415711.699975}','SUCCESS-UPGR2',1,'["nim", "-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "ios_backup=vios4_iosb", "-a", "spot=vios_31431_spot", "-a", "bosinst_data=unattended", "-a", "mk_image=no", "-a", "boot_client=yes", "-a", "set_bootlist=yes", "-a", "skipcluster=no", "-a", "debug=no", "vios4"]',0,0,'migvios of vios4 has begun
','',1.79541571052858519555e+09,1.7954157117001190185e+09,'3.1.2.21','3.1.4.31',1.17153382301330566406e+00);
INSERT INTO "migration" VALUES(2,1,'vios5','{"vios": "vios5", "n": 1, "state": "failed", "status": "FAILURE-UPGR1-INIT", "wanted": "3.1.4.31", "level_old": "3.1.2.21", "level_new": null, "baseline": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "currently running", "result": null, "info": null, "err_info": null, "ready": true, "outcome": null, "running": true, "phase": "ready", "percent": null}, "view": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "currently running", "result": null, "info": null, "err_info": null, "ready": true, "outcome": null, "running": true, "phase": "ready", "percent": null}, "begun": false, "seen_busy": false, "same_views": 2, "old_answers": 0, "command": {"state": "returned", "rc": 1, "pid": 17464}, "views_since_return": 2, "unanswered": "", "started": 1795415715.2825844, "changed": 1795415715.9398072}','FAILURE-UPGR1-INIT',1,'["nim", "-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "ios_backup=vios5_iosb", "-a", "spot=vios_31431_spot", "-a", "bosinst_data=unattended", "-a", "mk_image=no", "-a", "boot_client=yes", "-a", "set_bootlist=yes", "-a", "skipcluster=no", "-a", "debug=no", "vios5"]',0,1,'','0042-001 nim: processing error encountered on "master":
   0042-001 m_migvios: processing error encountered on "vios5":
      0042-175 c_script: An unexpected result was returned by the "m_migvios" command:
',1.79541571528290605543e+09,1.79541571594001150131e+09,'3.1.2.21',NULL,6.5710544586181640625e-01);
INSERT INTO "migration" VALUES(3,1,'vios1','{"vios": "vios1", "n": 1, "state": "installing", "status": "SUCCESS-UPGR1-INIT", "wanted": "3.1.4.31", "level_old": "3.1.2.21", "level_new": null, "baseline": {"cstate": "ready for a NIM operation", "mstate": "currently running", "prev_state": "currently running", "result": null, "info": null, "err_info": null, "ready": true, "outcome": null, "running": true, "phase": "ready", "percent": null}, "view": {"cstate": "Base Operating System installation is being performed", "mstate": "in the process of booting", "prev_state": "BOS installation has been enabled", "result": null, "info": "BOS install 0% complete : Installing additional software.", "err_info": null, "ready": false, "outcome": null, "running": null, "phase": "installing", "percent": 0}, "begun": true, "seen_busy": true, "same_views": 1, "old_answers": 0, "command": {"state": "returned", "rc": 0, "pid": 17646}, "views_since_return": 2, "unanswered": "", "started": 1795415720.036136, "changed": 1795415720.65602}','SUCCESS-UPGR1-INIT',1,'["nim", "-Fo", "migvios", "-a", "ios_mksysb=vios_31431", "-a", "ios_backup=vios1_iosb", "-a", "spot=vios_31431_spot", "-a", "bosinst_data=unattended", "-a", "mk_image=no", "-a", "boot_client=yes", "-a", "set_bootlist=yes", "-a", "skipcluster=no", "-a", "debug=no", "vios1"]',0,0,'migvios of vios1 has begun
','',1.79541572003646492964e+09,NULL,'3.1.2.21',NULL,NULL);
INSERT INTO "migration" VALUES(3,2,'vios2','{"vios": "vios2", "n": 2, "state": "waiting", "status": null, "wanted": null, "level_old": null, "level_new": null, "baseline": null, "view": null, "begun": false, "seen_busy": false, "same_views": 0, "old_answers": 0, "command": null, "views_since_return": 0, "unanswered": "", "started": null, "changed": null}',NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE phase (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    n INTEGER NOT NULL,
    vios TEXT NOT NULL,
    phase TEXT NOT NULL,
    since REAL NOT NULL,
    until REAL
, began REAL, took REAL);
INSERT INTO "phase" VALUES(1,1,1,'vios3','starting',1.79541570595299172403e+09,1.79541570634793472291e+09,1.79541570595299172403e+09,3.94942998886108398437e-01);
INSERT INTO "phase" VALUES(2,1,1,'vios3','enabled',1.79541570634793472291e+09,1.79541570668144607548e+09,1.79541570634793472291e+09,3.335113525390625e-01);
INSERT INTO "phase" VALUES(3,1,1,'vios3','installing',1.79541570668144607548e+09,1.79541570691936373709e+09,1.79541570668144607548e+09,2.37917661666870117187e-01);
INSERT INTO "phase" VALUES(4,1,1,'vios3','customizing',1.79541570691936373709e+09,1.79541570717487692829e+09,1.79541570691936373709e+09,2.5551319122314453125e-01);
INSERT INTO "phase" VALUES(5,1,1,'vios3','ready',1.79541570717487692829e+09,1.79541570751688981059e+09,1.79541570717487692829e+09,0.342012882232666);
INSERT INTO "phase" VALUES(6,1,2,'vios4','starting',1.79541571052858519555e+09,1.7954157109417786598e+09,1.79541571052858519555e+09,4.13193464279174804687e-01);
INSERT INTO "phase" VALUES(7,1,2,'vios4','installing',1.7954157109417786598e+09,1.79541571132972741127e+09,1.7954157109417786598e+09,3.87948751449584960937e-01);
INSERT INTO "phase" VALUES(8,1,2,'vios4','customizing',1.79541571132972741127e+09,1.79541571148739790911e+09,1.79541571132972741127e+09,1.57670497894287109375e-01);
INSERT INTO "phase" VALUES(9,1,2,'vios4','ready',1.79541571148739790911e+09,1.7954157117001190185e+09,1.79541571148739790911e+09,2.12721109390258789062e-01);
INSERT INTO "phase" VALUES(10,2,1,'vios5','starting',1.79541571528290605543e+09,1.79541571594001150131e+09,1.79541571528290605543e+09,6.5710544586181640625e-01);
INSERT INTO "phase" VALUES(11,3,1,'vios1','starting',1.79541572003646492964e+09,1.79541572040354657172e+09,1.79541572003646492964e+09,3.6708164215087890625e-01);
INSERT INTO "phase" VALUES(12,3,1,'vios1','enabled',1.79541572040354657172e+09,1.79541572065616178511e+09,1.79541572040354657172e+09,2.52615213394165039062e-01);
INSERT INTO "phase" VALUES(13,3,1,'vios1','installing',1.79541572065616178511e+09,NULL,1.79541572065616178511e+09,NULL);
CREATE TABLE request (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    asked_by TEXT NOT NULL,
    options TEXT NOT NULL,
    settings TEXT NOT NULL,
    picked_up REAL
);
INSERT INTO "request" VALUES(1,1.79541570269092178339e+09,'root (pid 16606)','{"level": null, "mksysb_name": "vios_31431", "mksysb_prefix": null, "mksysb_postfix": null, "backup_name": null, "backup_prefix": null, "backup_postfix": null, "group": null, "spot_name": "vios_31431_spot", "spot_prefix": null, "spot_postfix": null, "lpp_source": null, "bosinst_data": "unattended", "resolv_conf": null, "image_data": null, "log": null, "file_resource": null, "disk": null, "cluster": null, "current_database": null, "command_flags": null, "viosbr_flags": null, "mk_image": false, "boot_client": true, "set_boot_list": true, "concurrent": false, "manage_cluster": true, "debug": false, "time_limit": null, "vios_status": null, "nim_node": null, "force": false, "nim_force": true, "method": "migvios", "max_parallel": null, "max_failures": null, "wait": true, "verify": true, "poll_interval": null, "stall_timeout": null, "allow_unknown_frame": false, "time_limit_text": ""}','{"state_dir": "@ROOT@/state", "nim_bin_dir": "@ROOT@/nim/bin", "c_rsh": "@ROOT@/nim/bin/c_rsh", "poll_interval": 0.1, "stall_timeout": 10800.0, "start_timeout": 7200.0, "query_timeout": 300.0, "query_retries": 5, "max_parallel": 8}',1.7954157033240807056e+09);
INSERT INTO "request" VALUES(2,1.79541571231161141398e+09,'root (pid 16606)','{"level": null, "mksysb_name": "vios_31431", "mksysb_prefix": null, "mksysb_postfix": null, "backup_name": null, "backup_prefix": null, "backup_postfix": null, "group": null, "spot_name": "vios_31431_spot", "spot_prefix": null, "spot_postfix": null, "lpp_source": null, "bosinst_data": "unattended", "resolv_conf": null, "image_data": null, "log": null, "file_resource": null, "disk": null, "cluster": null, "current_database": null, "command_flags": null, "viosbr_flags": null, "mk_image": false, "boot_client": true, "set_boot_list": true, "concurrent": false, "manage_cluster": true, "debug": false, "time_limit": null, "vios_status": null, "nim_node": null, "force": false, "nim_force": true, "method": "migvios", "max_parallel": null, "max_failures": null, "wait": true, "verify": true, "poll_interval": null, "stall_timeout": null, "allow_unknown_frame": false, "time_limit_text": ""}','{"state_dir": "@ROOT@/state", "nim_bin_dir": "@ROOT@/nim/bin", "c_rsh": "@ROOT@/nim/bin/c_rsh", "poll_interval": 0.1, "stall_timeout": 10800.0, "start_timeout": 7200.0, "query_timeout": 300.0, "query_retries": 5, "max_parallel": 8}',1.795415712913214922e+09);
INSERT INTO "request" VALUES(3,1.79541571631977653509e+09,'root (pid 16606)','{"level": null, "mksysb_name": "vios_31431", "mksysb_prefix": null, "mksysb_postfix": null, "backup_name": null, "backup_prefix": null, "backup_postfix": null, "group": null, "spot_name": "vios_31431_spot", "spot_prefix": null, "spot_postfix": null, "lpp_source": null, "bosinst_data": "unattended", "resolv_conf": null, "image_data": null, "log": null, "file_resource": null, "disk": null, "cluster": null, "current_database": null, "command_flags": null, "viosbr_flags": null, "mk_image": false, "boot_client": true, "set_boot_list": true, "concurrent": false, "manage_cluster": true, "debug": false, "time_limit": null, "vios_status": null, "nim_node": null, "force": false, "nim_force": true, "method": "migvios", "max_parallel": null, "max_failures": null, "wait": false, "verify": true, "poll_interval": null, "stall_timeout": null, "allow_unknown_frame": false, "time_limit_text": ""}','{"state_dir": "@ROOT@/state", "nim_bin_dir": "@ROOT@/nim/bin", "c_rsh": "@ROOT@/nim/bin/c_rsh", "poll_interval": 0.1, "stall_timeout": 10800.0, "start_timeout": 7200.0, "query_timeout": 300.0, "query_retries": 5, "max_parallel": 8}',1.79541571685704565044e+09);
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES request(id),
    key TEXT NOT NULL,
    at REAL NOT NULL,
    time_limit REAL,
    time_limit_text TEXT NOT NULL,
    previous TEXT,
    status TEXT,
    finished REAL,
    cleared REAL
, faults INTEGER NOT NULL DEFAULT 0, unreadable TEXT, cancelled_at REAL, cancelled_by TEXT);
INSERT INTO "run" VALUES(1,1,'vios3-vios4',1.79541570269092178339e+09,NULL,'',NULL,'SUCCESS-UPGR2',1.7954157117001190185e+09,NULL,0,NULL,NULL,NULL);
INSERT INTO "run" VALUES(2,2,'vios5',1.79541571231161141398e+09,NULL,'',NULL,'FAILURE-UPGR1-INIT',1.79541571594001150131e+09,NULL,0,NULL,NULL,NULL);
INSERT INTO "run" VALUES(3,3,'vios1-vios2',1.79541571631977653509e+09,NULL,'',NULL,'SUCCESS-UPGR1-INIT',NULL,NULL,0,NULL,NULL,NULL);
CREATE INDEX run_key ON run(key, id);
CREATE INDEX run_unfinished ON run(finished) WHERE finished IS NULL;
CREATE INDEX migration_out ON migration(command_out) WHERE command_out = 1;
CREATE INDEX phase_vios ON phase(vios, phase, until);
CREATE INDEX event_run ON event(run, id);
CREATE INDEX event_unsent ON event(id) WHERE sent = 0;
COMMIT;
PRAGMA user_version = 3;

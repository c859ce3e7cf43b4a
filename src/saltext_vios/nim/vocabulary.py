"""Words that NIM, AIX and a VIOS use themselves, so that they name nobody's machines."""

from __future__ import annotations

# Classes, types, operations, attributes, and the words of states and messages.
_WORDS = """
    master boot nim_script machines management networks resources groups nimtransports
    standalone diskless dataless wpar vios cec hmc ivm bcmm nas_filer ent tok fddi atm generic
    spot lpp_source mksysb ios_mksysb ios_backup bosinst_data image_data resolv_conf script fb_script installp_bundle
    fix_bundle exclude_files savewpar devexports secattrs shared_root shared_home root home paging dump tmp log
    file_res adapter_def live_update_data wpar_spec cloud_template openstack mac_group res_group resource network object
    class type connect platform netboot_kernel if1 if2 cable_type1 mgmt_profile1 mgmt_profile2 mgmt_source cstate
    mstate rstate prev_state cstate_result info err_info control cpuid serial location alloc_count server arch release
    mod oslevel_r ioslevel version source_image extracted_spot net_addr snm routing1 reserved comments locked
    if_supported simages alloc_count plat_defined nfs_vers date_updated identity logical_id hostname domain address
    path frame client id_type nimsh shell chrp rspc rs6k rs6ksmp push_off default yes no none
    ready for nim operation currently running not process booting use unavailable has been enabled being performed
    installation base operating system customization maintenance diagnostic alt_disk_install success failure reset
    migvios bos_inst cust updateios viosbr viosupgrade allocate deallocate check change define remove showlog showres
    reboot maint_boot diag lppchk lslpp takeover update migrate backup restore install installing complete
    ios_mksysb ios_backup file_res current_db cmd_flags viosbr_flags mk_image boot_client set_bootlist concurrent
    skipcluster debug group disk cluster full_log log_type
    nim lsnim c_rsh ioscli lsmap chkdev entstat oslevel ioslevel status field name identifier
    operations listing vioses journal looks after until shows stdout stderr command took error disks npiv scsi sea
    available defined logged_in not_logged_in aix linux ibmi true false ok degraded down up primary backup limbo
    vscsi npiv sea fcs fscsi vhost vfchost vtscsi hdisk
"""

# Directories that are on every machine, or that NIM's documentation puts there.
_DIRECTORIES = """
    usr sbin bin etc lib lpp ios cli ioscli ios_mksysb objrepos dev var adm ras tmp opt home export nim tftpboot images
    installp ppc bos.sysmgt methods bos.sysmgt.nim exec lpp_source spot mksysb resources scripts logs log mnt proc
    objrepos ucb local share data usr.sbin mount
"""

# The last label of what is taken for the name of a host. Files (.so, .sh) and filesets are none.
_TOP_LEVEL = """
    com net org edu gov mil int info biz local lan corp internal intern intranet priv private cloud
    at au be br ca ch cn cz de dk es eu fi fr hk hu ie in it jp kr lu mx nl no nz pt ro ru se sg sk tr tw ua uk us za
"""
_FILESETS = "bos devices ios rsct ifor_ls x11 openssl openssh perl sysmgt security csm rpm printers"

WORDS, DIRECTORIES, TOP_LEVEL, FILESETS = (
    frozenset(text.split()) for text in (_WORDS, _DIRECTORIES, _TOP_LEVEL, _FILESETS)
)

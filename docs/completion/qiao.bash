# bash completion for qiao
_qiao()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local options= sheets='!*.@(xlsx|csv|tsv|txt|jsonl)'
    COMPREPLY=()

    if [ "$COMP_CWORD" = 1 ]; then
        COMPREPLY=($(compgen -W 'match index search read learn init user import export template paper report sample serve backup restore verify migrate rebuild help --help --version' -- "$cur"))
        return
    fi
    case $prev in
        --lang)
            COMPREPLY=($(compgen -W 'zh en' -- "$cur"))
            return
            ;;
        --model)
            compopt -o dirnames
            return
            ;;
        -o)
            case $command in
                read) _qiao_files '!*.@(xlsx|jsonl)' ;;
                export) _qiao_files '!*.@(xlsx|csv|jsonl)' ;;
                *) _qiao_files '!*.xlsx' ;;
            esac
            return
            ;;
        --map | --map-needs | --map-results)
            compopt -o nospace
            COMPREPLY=($(compgen -S = -W "$_qiao_fields" -- "$cur"))
            return
            ;;
        --role)
            COMPREPLY=($(compgen -W 'member editor broker auditor admin' -- "$cur"))
            return
            ;;
        --kind)
            COMPREPLY=($(compgen -W 'university college enterprise government park hospital institute' -- "$cur"))
            return
            ;;
        --known)
            _qiao_files "$sheets"
            return
            ;;
        --urls)
            _qiao_files ''
            return
            ;;
        -k | --threads | --min-score | --explain | --timeout | --delay | --allow-private | --db | --name | --org | --person | --filter | --columns | --sort | --password) return ;;
    esac
    case $command in
        match)
            options='-o -k --experts --json --tsv --lang --map --map-needs --map-results --explain
                --threads --model --min-score --quiet --help'
            ;;
        search)
            options='-k --json --tsv --lang --model --quiet --help'
            sheets='!*'
            [ "$COMP_CWORD" != 2 ] || compopt -o dirnames
            ;;
        index)
            options='--map --tsv --lang --model --quiet --help'
            if [ "$COMP_CWORD" = 2 ]; then
                compopt -o dirnames
                return
            elif [ "$COMP_CWORD" = 3 ]; then
                COMPREPLY=($(compgen -W 'add delete list verify publish' -- "$cur"))
                return
            fi
            [ "${COMP_WORDS[3]}" = add ] || sheets='!*'
            ;;
        read)
            options='-o --urls --known --kind --json --timeout --delay --allow-private --threads
                --lang --model --quiet --help'
            case $cur in -*) ;; *)
                _qiao_files ''
                return
                ;;
            esac
            ;;
        learn)
            options='--install --reset --show --lang --model --quiet --help'
            ;;
        init | sample | backup | restore | verify | migrate | rebuild)
            options='--db --lang --model --quiet --help'
            [ "$command" != sample ] || options+=' --password'
            [ "$command" != migrate ] || options+=' --new-key'
            sheets='!*'
            [[ $cur = -* ]] || compopt -o dirnames
            ;;
        user)
            options='--db --role --name --org --person --tsv --lang --model --quiet --help'
            sheets='!*'
            if [ "$COMP_CWORD" = 2 ]; then
                compopt -o dirnames
                return
            elif [ "$COMP_CWORD" = 3 ]; then
                COMPREPLY=($(compgen -W 'add list passwd disable enable' -- "$cur"))
                return
            fi
            ;;
        serve)
            options='--db --address --port --url --behind-proxy --threads --upload-max --cas --oidc --oidc-client --chat --chat-model --allow-private --log --lang --model --quiet --help'
            sheets='!*'
            [[ $cur = -* ]] || compopt -o dirnames
            ;;
        import | export | template | paper)
            options='--db --lang --model --quiet --help -o'
            [ "$command" != import ] || options+=' --apply --states'
            [ "$command" != export ] || options+=' --filter --columns --sort --labels'
            [ "$command" != paper ] || options+=' --blank'
            if [ "$COMP_CWORD" = 2 ]; then
                compopt -o dirnames
                return
            elif [ "$COMP_CWORD" = 3 ]; then
                COMPREPLY=($(compgen -W 'need result person org resource introduction' -- "$cur"))
                return
            fi
            [ "$command" = import ] || sheets='!*'
            ;;
        report)
            options='--db --year --from --until --org --tsv --lang --model --quiet --help -o'
            sheets='!*'
            if [ "$COMP_CWORD" = 2 ]; then
                compopt -o dirnames
                return
            elif [ "$COMP_CWORD" = 3 ] && [[ $cur != -* ]]; then
                COMPREPLY=($(compgen -W 'agreement_ledger contract_ledger push_list leaders appointment_ledger commitment_ledger circular payment_ledger reward_ledger tiers summary transfer_report' -- "$cur"))
                return
            fi
            ;;
        help)
            COMPREPLY=($(compgen -W 'match index search read learn init user import export template paper report sample serve backup restore verify migrate rebuild' -- "$cur"))
            return
            ;;
        *) return ;;
    esac
    case $cur in
        -*) COMPREPLY=($(compgen -W "$options" -- "$cur")) ;;
        *) [ "$sheets" = '!*' ] || _qiao_files "$sheets" ;;
    esac
}

# Files that match a pattern of compgen -X, and folders to walk into.
_qiao_files()
{
    local IFS=$'\n' glob
    glob=$(shopt -p extglob)
    shopt -s extglob
    compopt -o filenames
    COMPREPLY=($(compgen -f -X "$1" -- "$cur") $(compgen -d -- "$cur"))
    eval "$glob"
}

_qiao_fields='id title body org person contact industry region trl indicators budget deadline keywords type date'

complete -F _qiao qiao
